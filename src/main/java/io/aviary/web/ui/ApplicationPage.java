package io.aviary.web.ui;

import io.aviary.release.ApplicationView;
import io.aviary.release.Figures;
import io.aviary.release.Runs;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.HtmlUtils;

/** One application: how its deliveries went, and its badge. */
@Controller
@Needs(Right.READ)
class ApplicationPage {

  private static final List<Integer> RANGES = List.of(7, 30, 90, 365);

  private final Runs runs;
  private final Figures figures;
  private final InstantSource clock;

  ApplicationPage(Runs runs, Figures figures, InstantSource clock) {
    this.runs = runs;
    this.figures = figures;
    this.clock = clock;
  }

  @GetMapping("/applications/{name}")
  String application(
      @PathVariable String name,
      @RequestParam(defaultValue = "30") String days,
      @ModelAttribute("words") Words words,
      Caller caller,
      Model model) {
    var application = readable(name, caller);
    var chosen =
        RANGES.stream().filter(it -> it.toString().equals(days)).findFirst().orElse(RANGES.get(1));
    var now = clock.instant();
    var to = LocalDate.ofInstant(now, ZoneOffset.UTC).plusDays(1);
    var delivery = figures.of(application.name(), to.minusDays(chosen), to, now);
    model.addAttribute("app", application);
    model.addAttribute("days", chosen);
    model.addAttribute("ranges", RANGES);
    model.addAttribute("delivery", delivery);
    model.addAttribute("frequency", frequency(delivery.perDay()));
    model.addAttribute("leadTime", time(delivery.leadTime()));
    model.addAttribute("restore", time(delivery.timeToRestore()));
    model.addAttribute(
        "failureRate",
        delivery.failureRate() == null ? "–" : Words.percent(delivery.failureRate() * 100));
    model.addAttribute("chart", Bars.of(delivery.days()));
    return "application";
  }

  private static String time(@Nullable Duration time) {
    return time == null ? "–" : Words.of(time);
  }

  private static String frequency(double perDay) {
    if (perDay == 0) {
      return "none";
    }
    return perDay >= 1
        ? String.format(Locale.ROOT, "%.1f a day", perDay)
        : String.format(Locale.ROOT, "%.1f a week", perDay * 7);
  }

  /** Bars in a drawing 100 wide and 40 high, one a day, failures on top. */
  record Bars(List<Bar> bars, int most) {

    record Bar(String x, String width, String good, String bad, Figures.Day day) {
      public String badTop() {
        return number(40 - Double.parseDouble(good) - Double.parseDouble(bad));
      }

      public String goodTop() {
        return number(40 - Double.parseDouble(good));
      }
    }

    static Bars of(List<Figures.Day> days) {
      var most = days.stream().mapToInt(it -> it.deployments() + it.failures()).max().orElse(0);
      var step = 100.0 / Math.max(1, days.size());
      var bars = new java.util.ArrayList<Bar>();
      for (var i = 0; i < days.size(); i++) {
        var day = days.get(i);
        if (day.deployments() + day.failures() > 0) {
          bars.add(
              new Bar(
                  number(i * step),
                  number(Math.max(.2, step * .8)),
                  number(40.0 * day.deployments() / most),
                  number(40.0 * day.failures() / most),
                  day));
        }
      }
      return new Bars(bars, most);
    }

    private static String number(double value) {
      return String.format(Locale.ROOT, "%.2f", value);
    }
  }

  /** What is live, as a picture for a README. */
  @GetMapping(path = "/applications/{name}/badge.svg")
  ResponseEntity<byte[]> badge(@PathVariable String name, Caller caller) {
    var application = readable(name, caller);
    var live = application.live();
    var canary = application.canary();
    var revision = live == null ? null : live.revision();
    var right =
        live == null
            ? "nothing live"
            : "live "
                + (revision == null ? "?" : revision.substring(0, Math.min(7, revision.length())))
                + (canary == null || canary.share() == null
                    ? ""
                    : ", canary " + Words.percent(canary.share()));
    var colour = live == null ? "#545e56" : canary == null ? "#1c6b3a" : "#0b5cad";
    return ResponseEntity.ok()
        .contentType(MediaType.valueOf("image/svg+xml"))
        .cacheControl(CacheControl.noCache())
        .body(svg(application.name(), right, colour).getBytes(StandardCharsets.UTF_8));
  }

  private static String svg(String left, String right, String colour) {
    var first = 14 + left.length() * 7;
    var second = 14 + right.length() * 7;
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="20" role="img" aria-label="%s: %s">\
    <rect width="%d" height="20" rx="4" fill="#1d231e"/>\
    <path d="M%d 0h%da4 4 0 0 1 4 4v12a4 4 0 0 1-4 4h-%dz" fill="%s"/>\
    <g fill="#fff" font-family="DejaVu Sans,Verdana,sans-serif" font-size="11" text-anchor="middle">\
    <text x="%d" y="14" textLength="%d">%s</text><text x="%d" y="14" textLength="%d">%s</text></g></svg>
    """
        .formatted(
            first + second,
            HtmlUtils.htmlEscape(left),
            HtmlUtils.htmlEscape(right),
            first + second,
            first,
            second - 4,
            second - 4,
            colour,
            first / 2,
            first - 14,
            HtmlUtils.htmlEscape(left),
            first + second / 2,
            second - 14,
            HtmlUtils.htmlEscape(right));
  }

  private ApplicationView readable(String name, Caller caller) {
    var application =
        runs.application(name)
            .orElseThrow(
                () ->
                    new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "There is no application " + name));
    caller.demand(Right.READ, name);
    return application;
  }
}
