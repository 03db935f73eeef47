package io.aviary.pipeline;

import io.aviary.gates.MetricsServer;
import io.aviary.gates.MetricsServer.Question;
import io.aviary.gates.MetricsServer.Series;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How libraries count requests, to propose metrics of an application that uses one of them.
 *
 * @param count a counter of requests
 * @param status its label with the HTTP status
 * @param histogram of durations, in seconds; null: it has none
 */
record KnownMetrics(String count, String status, @Nullable String histogram) {

  private static final List<KnownMetrics> ALL =
      List.of(
          // Micrometer, as in Spring Boot
          new KnownMetrics(
              "http_server_requests_seconds_count",
              "status",
              "http_server_requests_seconds_bucket"),
          // OpenTelemetry's semantic conventions
          new KnownMetrics(
              "http_server_request_duration_seconds_count",
              "http_response_status_code",
              "http_server_request_duration_seconds_bucket"),
          // Prometheus' own client libraries and many others
          new KnownMetrics("http_requests_total", "code", "http_request_duration_seconds_bucket"),
          new KnownMetrics(
              "http_requests_total", "status", "http_request_duration_seconds_bucket"));

  /** What came of the question which of them an application has. */
  sealed interface Found {}

  /** The first that it has; its histogram only if that is there too. */
  record Some(KnownMetrics metrics) implements Found {}

  /** For people. */
  record None(String reason) implements Found {}

  /**
   * Asks for the metrics of these pods.
   *
   * @param pods of production's
   */
  static Found find(MetricsServer server, List<String> pods, Instant now) {
    if (pods.isEmpty()) {
      return new None("no pod of production runs whose metrics could be looked for");
    }
    var selector = pods.stream().map(KnownMetrics::quoted).collect(Collectors.joining("|"));
    var questions = new ArrayList<Question>();
    for (var known : ALL) {
      questions.add(question(known.count(), selector, known.status() + "!=\"\"", now));
      questions.add(question(String.valueOf(known.histogram()), selector, "le!=\"\"", now));
    }
    var answers = server.ask(questions);
    if (answers.getFirst() instanceof MetricsServer.Failed(var reason)) {
      return new None(reason);
    }
    for (var i = 0; i < ALL.size(); i++) {
      if (isThere(answers.get(2 * i))) {
        var known = ALL.get(i);
        return new Some(
            isThere(answers.get(2 * i + 1))
                ? known
                : new KnownMetrics(known.count(), known.status(), null));
      }
    }
    return new None(
        "the metrics server has none of "
            + ALL.stream().map(KnownMetrics::count).distinct().collect(Collectors.joining(", "))
            + " with the label pod of production's pods");
  }

  /** Names of objects have nothing else that means more than itself in a pattern. */
  private static String quoted(String pod) {
    return pod.replace(".", "\\\\.");
  }

  private static Question question(String series, String pods, String label, Instant now) {
    return new Question("count(%s{pod=~\"%s\",%s})".formatted(series, pods, label), now);
  }

  private static boolean isThere(MetricsServer.Answer answer) {
    return answer instanceof Series(var values) && values.stream().anyMatch(value -> value > 0);
  }

  /** As {@code aviary.yml} says it, a line each. */
  List<String> lines() {
    var lines = new ArrayList<String>();
    lines.add("- name: error-rate");
    lines.add(
        "  bad: sum(increase(%s{pod=~\"$PODS\",%s=~\"5..\"}[$WINDOW]))".formatted(count, status));
    lines.add("  all: sum(increase(%s{pod=~\"$PODS\"}[$WINDOW]))".formatted(count));
    lines.add("  max: 1%");
    lines.add("  compare: baseline");
    Optional.ofNullable(histogram)
        .ifPresent(
            buckets -> {
              lines.add("- name: latency-p99");
              lines.add(
                  "  query: histogram_quantile(0.99, sum by (le) (rate(%s{pod=~\"$PODS\"}[$WINDOW])))"
                      .formatted(buckets));
              lines.add("  compare: baseline");
              lines.add("  tolerance: 25%");
            });
    return lines;
  }
}
