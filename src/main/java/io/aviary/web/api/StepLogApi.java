package io.aviary.web.api;

import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Runs;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Logs of steps, as they are or as they grow. */
@RestController
class StepLogApi {

  private static final int PART = 256 * 1024;
  private final Runs runs;
  private final RunNews news;

  StepLogApi(Runs runs, RunNews news) {
    this.runs = runs;
    this.news = news;
  }

  /**
   * The log from an offset on. It is written by the request's own (virtual) thread, part by part,
   * so that a long one is never in memory as a whole.
   *
   * @param follow also what is still to come, until the step has ended
   */
  @GetMapping("/api/runs/{id}/steps/{name}/log")
  @Needs(Right.READ)
  void log(
      @PathVariable long id,
      @PathVariable String name,
      @RequestParam(defaultValue = "0") @Min(0) long offset,
      @RequestParam(required = false) @Nullable String follow,
      Caller caller,
      HttpServletResponse response)
      throws IOException, InterruptedException {
    var run = runs.find(id).orElseThrow(() -> ReleaseRefusedException.unknownRun(id));
    caller.demand(Right.READ, run.application());
    var follows = follow != null && !follow.equals("false");

    try (var subscription = news.of(id)) {
      var part = runs.log(id, name, offset, PART).orElseThrow(() -> unknownStep(id, name));
      response.setContentType(MediaType.TEXT_PLAIN_VALUE);
      response.setCharacterEncoding(StandardCharsets.UTF_8);
      response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
      response.setHeader("X-Accel-Buffering", "no");
      var out = response.getOutputStream();
      while (true) {
        out.write(part.text().getBytes(StandardCharsets.UTF_8));
        var isAtEnd = part.text().isEmpty();
        if (part.complete() || (isAtEnd && !follows)) {
          return;
        }
        if (isAtEnd) {
          out.flush();
          if (!subscription.await(RunNews.POLL)) {
            return;
          }
        }
        var next = runs.log(id, name, part.next(), PART);
        if (next.isEmpty()) {
          return; // Its run was removed meanwhile.
        }
        part = next.get();
      }
    }
  }

  private static ReleaseRefusedException unknownStep(long run, String step) {
    return new ReleaseRefusedException(
        ReleaseRefusedException.Kind.UNKNOWN, "run " + run + " has no step '" + step + "'");
  }
}
