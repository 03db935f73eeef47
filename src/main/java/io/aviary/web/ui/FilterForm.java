package io.aviary.web.ui;

import io.aviary.release.PipelineName;
import io.aviary.release.RunFilter;
import io.aviary.release.RunStatus;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The filter of the list of runs as it stands in the address. What makes no sense is left out and
 * said.
 */
final class FilterForm {

  private final Map<String, String> given;
  private final List<String> problems = new ArrayList<>();
  private final RunFilter filter;
  private final int page;

  FilterForm(Map<String, String> given) {
    this.given = given;
    this.filter =
        new RunFilter(
            text("application"),
            parsed("pipeline", "canary or production", PipelineName::of),
            parsed(
                "status",
                "a status",
                word -> RunStatus.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'))),
            text("branch"),
            text("revision"),
            text("author"),
            text("q"),
            parsed("from", "a day such as 2026-11-24", FilterForm::startOfDay),
            parsed("to", "a day such as 2026-11-24", day -> startOfDay(day, 1)));
    var number = parsed("page", "a page's number", Integer::valueOf);
    this.page = number == null || number < 0 || number > 10_000_000 ? 0 : number;
  }

  RunFilter filter() {
    return filter;
  }

  int page() {
    return page;
  }

  public List<String> problems() {
    return problems;
  }

  /** As it was given, to be shown again. */
  public String value(String name) {
    return given.getOrDefault(name, "");
  }

  public boolean isStatus(String key) {
    return filter.status() != null && filter.status().name().equals(key);
  }

  public boolean isSet() {
    return !filter.equals(RunFilter.ALL);
  }

  /** Whether one of the filters is set that are not always in view. */
  public boolean hasMore() {
    return List.of("branch", "revision", "author", "from", "to").stream()
        .anyMatch(name -> text(name) != null);
  }

  /** The address of another page of the same list. */
  public String address(int number) {
    var address = UriComponentsBuilder.fromPath("/runs");
    given.forEach(
        (name, value) -> {
          if (!name.equals("page") && !value.isBlank()) {
            address.queryParam(name, "{" + name + "}");
          }
        });
    if (number > 0) {
      address.queryParam("page", number);
    }
    return address.encode().buildAndExpand(given).toUriString();
  }

  private @Nullable String text(String name) {
    var value = given.get(name);
    return value == null || value.isBlank() ? null : value.strip().replace("\0", "");
  }

  private <T> @Nullable T parsed(String name, String what, Function<String, T> parser) {
    var value = text(name);
    if (value == null) {
      return null;
    }
    try {
      return parser.apply(value);
    } catch (IllegalArgumentException | DateTimeException e) {
      problems.add("“" + value + "” is not " + what + "; the filter “" + name + "” was left out.");
      return null;
    }
  }

  private static Instant startOfDay(String day) {
    return startOfDay(day, 0);
  }

  private static Instant startOfDay(String day, int later) {
    return LocalDate.parse(day).plusDays(later).atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
