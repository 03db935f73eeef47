package io.aviary.gates.judge;

import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.MetricDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What another definition of a gate would have decided on the measurements that were recorded. */
public final class Replay {

  private Replay() {}

  /**
   * What was measured of one metric.
   *
   * @param metric the definition that it was measured by
   * @param looks all of the gate, in order
   */
  public record Recording(MetricDefinition metric, List<Look> looks) {
    public Recording {
      looks = List.copyOf(looks);
    }

    /** Whether the same was asked, of the same pods and at the same times. */
    private boolean answers(MetricDefinition other) {
      return Objects.equals(metric.bad(), other.bad())
          && Objects.equals(metric.all(), other.all())
          && Objects.equals(metric.query(), other.query())
          && (other.compare() == null || other.compare() == metric.compare())
          && metric.every().equals(other.every());
    }
  }

  /**
   * What would have happened.
   *
   * @param decision of the gate by its metrics; a share, test or approval is another matter
   * @param at when it would have been decided; null: not with what was recorded
   * @param verdicts one for each metric, at that time or at the end of the recordings
   */
  public record Result(Decision decision, @Nullable Instant at, List<Verdict> verdicts) {
    public Result {
      verdicts = List.copyOf(verdicts);
    }

    /** All metrics passed, one failed, or neither. */
    public enum Decision {
      PASS,
      FAIL,
      INCONCLUSIVE
    }
  }

  /** Judges as the gate itself would have: at each look, all metrics together. */
  public static Result of(GateDefinition gate, List<Recording> recordings) {
    var metrics =
        gate.metrics().stream().map(metric -> Replayed.of(gate, metric, recordings)).toList();
    var failure =
        metrics.stream().flatMap(metric -> metric.failure().stream()).min(Instant::compareTo);
    var pass = pass(metrics, failure.orElse(Instant.MAX));
    if (pass.isPresent()) {
      return new Result(Result.Decision.PASS, pass.get(), verdicts(metrics, pass.get()));
    }
    return failure
        .map(at -> new Result(Result.Decision.FAIL, at, verdicts(metrics, at)))
        .orElseGet(
            () -> new Result(Result.Decision.INCONCLUSIVE, null, verdicts(metrics, Instant.MAX)));
  }

  private static List<Verdict> verdicts(List<Replayed> metrics, Instant at) {
    return metrics.stream().map(metric -> metric.verdict(at)).toList();
  }

  /** The first look, after all holds are over, at which all pass. */
  private static Optional<Instant> pass(List<Replayed> metrics, Instant before) {
    var holdsOver = new ArrayList<Instant>();
    for (var metric : metrics) {
      var over = metric.holdOver();
      if (over.isEmpty()) {
        return Optional.empty();
      }
      holdsOver.add(over.get());
    }
    var earliest = holdsOver.stream().max(Comparator.naturalOrder());
    return metrics.stream()
        .flatMap(metric -> metric.looks().stream())
        .map(Look::at)
        .distinct()
        .sorted()
        .filter(at -> !at.isBefore(earliest.orElse(at)) && at.isBefore(before))
        .filter(at -> verdicts(metrics, at).stream().allMatch(Verdict.Pass.class::isInstance))
        .findFirst();
  }

  /** One metric of the other definition, with what was recorded for it. */
  private record Replayed(
      MetricDefinition metric, Plan plan, List<Look> looks, @Nullable String missing) {

    static Replayed of(GateDefinition gate, MetricDefinition metric, List<Recording> recordings) {
      var plan = Plan.of(gate, metric);
      return recordings.stream()
          .filter(recording -> recording.answers(metric))
          .findFirst()
          .map(recording -> new Replayed(metric, plan, recording.looks(), null))
          .orElseGet(() -> new Replayed(metric, plan, List.of(), missing(metric, recordings)));
    }

    private static String missing(MetricDefinition metric, List<Recording> recordings) {
      return "%s: these queries were not measured every %d s then, so nothing can be said; recorded is %s"
          .formatted(
              metric.name(),
              metric.every().toSeconds(),
              recordings.isEmpty()
                  ? "nothing"
                  : recordings.stream()
                      .map(Recording::metric)
                      .map(one -> "%s every %d s".formatted(one.name(), one.every().toSeconds()))
                      .collect(Collectors.joining(", ")));
    }

    Optional<Instant> failure() {
      return judge(looks, false) instanceof Verdict.Fail fail
          ? fail.evidence().findings().stream()
              .map(finding -> looks.get(finding.lastLook() - 1).at())
              .min(Comparator.naturalOrder())
          : Optional.empty();
    }

    Optional<Instant> holdOver() {
      return looks.size() < plan.looks()
          ? Optional.empty()
          : Optional.of(looks.get(plan.looks() - 1).at());
    }

    Verdict verdict(Instant at) {
      var until = looks.stream().filter(look -> !look.at().isAfter(at)).toList();
      return judge(until, until.size() >= plan.looks());
    }

    private Verdict judge(List<Look> until, boolean atEnd) {
      var verdict = Judge.judge(metric, until, plan, atEnd);
      return missing == null ? verdict : new Verdict.Inconclusive(missing, verdict.evidence());
    }
  }
}
