package io.aviary.web.api;

import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Runs;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** What happens to a run, as it happens. */
@RestController
class RunEventsApi {

  private final Runs runs;
  private final RunNews news;
  private final JsonMapper json;

  RunEventsApi(Runs runs, RunNews news, JsonMapper json) {
    this.runs = runs;
    this.news = news;
    this.json = json;
  }

  /**
   * The run's records as events {@code run}, {@code step}, {@code note} and {@code person}, each
   * with its record's id, and {@code end} after the last one of a final run. 204 if it is final and
   * nothing is left to tell, by which browsers know that they need not come again.
   *
   * @param after the record that the reader saw last; {@code Last-Event-ID} goes before it
   */
  @GetMapping("/api/runs/{id}/events")
  @Needs(Right.READ)
  void events(
      @PathVariable long id,
      @RequestParam(defaultValue = "0") @Min(0) long after,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable Long last,
      Caller caller,
      HttpServletResponse response)
      throws IOException, InterruptedException {
    var run = runs.find(id).orElseThrow(() -> ReleaseRefusedException.unknownRun(id));
    caller.demand(Right.READ, run.application());
    var seen = last == null ? after : last;
    if (run.status().isFinal() && runs.records(id, seen).isEmpty()) {
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      return;
    }

    try (var subscription = news.of(id)) {
      var stream = new EventStream(response);
      var silent = Duration.ZERO;
      while (true) {
        var isFinal = isFinal(id);
        var records = runs.records(id, seen);
        for (var happened : records) {
          stream.send(
              happened.kind().name().toLowerCase(Locale.ROOT),
              happened.id(),
              json.writeValueAsString(happened));
          seen = happened.id();
        }
        if (isFinal) {
          stream.send("end", null, "");
          return;
        }
        silent = records.isEmpty() ? silent.plus(RunNews.POLL) : Duration.ZERO;
        if (silent.compareTo(EventStream.HEARTBEAT) >= 0) {
          stream.heartbeat();
          silent = Duration.ZERO;
        }
        if (!subscription.await(RunNews.POLL)) {
          return;
        }
      }
    }
  }

  /** Asked before the records, so that none of a final run can come after them. */
  private boolean isFinal(long id) {
    return runs.find(id).map(run -> run.status().isFinal()).orElse(true);
  }
}
