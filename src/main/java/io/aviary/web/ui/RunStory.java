package io.aviary.web.ui;

import io.aviary.release.Measurements.Series;
import io.aviary.release.RunRecord;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.StepStatus;
import io.aviary.release.StepView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A run as its page tells it. */
final class RunStory {

  /** So much of a log's end explains a failure; the rest is a link away. */
  private static final int EVIDENCE_LINES = 12;

  private final RunView run;
  private final List<RunRecord> records;
  private final Words words;
  private final List<Series> measured;
  private final boolean sharesTraffic;

  /**
   * @param sharesTraffic whether the run's definition has a gate with a share
   */
  RunStory(
      RunView run,
      List<RunRecord> records,
      List<Series> measured,
      boolean sharesTraffic,
      Words words) {
    this.run = run;
    this.records = records;
    this.measured = measured;
    this.sharesTraffic = sharesTraffic;
    this.words = words;
  }

  public RunView run() {
    return run;
  }

  public State state() {
    return State.of(run);
  }

  public boolean isFinal() {
    return run.status().isFinal();
  }

  public boolean isRunning() {
    return run.startedAt() != null && !isFinal();
  }

  public String trigger() {
    return switch (run.trigger()) {
      case PUSH -> "push";
      case MISSED_PUSH -> "push that GitHub did not deliver";
      case PERSON -> "started by " + Objects.requireNonNullElse(run.triggeredBy(), "a person");
      case CANARY -> "started by its canary run";
      case RETRY -> "retried by " + Objects.requireNonNullElse(run.triggeredBy(), "a person");
    };
  }

  /** One sentence for who hears the page and does not see it. */
  public String spoken() {
    var now =
        run.steps().stream()
            .filter(step -> step.status().isUnderWay())
            .map(StepView::name)
            .findFirst();
    return "Run "
        + run.id()
        + ": "
        + state().word()
        + (isFinal() ? "" : now.map(step -> ", " + step).orElse(""));
  }

  // ---- why

  /**
   * What a person wants to know first.
   *
   * @param style of the box: bad, wait, run, good or idle
   * @param step whose log tells more; null: none
   */
  record Why(
      String style, String title, String text, List<String> evidence, @Nullable String step) {}

  /** Always there, so that nothing moves when there is more to say. */
  public Why why() {
    var reason = run.reason();
    if (run.ending() != null && !isFinal()) {
      return told("bad", state().word(), reason);
    }
    return switch (run.status()) {
      case ROLLED_BACK -> told("bad", "Rolled back", reason);
      case FAILED -> told("bad", "Failed: it needs a person", reason);
      case CANCELLED -> told("idle", "Cancelled", reason);
      case SUPERSEDED -> told("idle", "Superseded", reason);
      case QUEUED ->
          told("idle", "Queued", reason == null ? "It begins as soon as it can." : reason);
      case WAITING ->
          run.paused() ? told("wait", "Paused", reason) : told("wait", "Waiting", underWay());
      case RUNNING -> told("run", "Running", underWay());
      case SUCCEEDED -> told("good", "Succeeded", succeeded());
    };
  }

  private Why told(String style, String title, @Nullable String text) {
    var failed = failedStep();
    var isBad = style.equals("bad");
    return new Why(
        style,
        title,
        text == null ? "" : text,
        isBad && failed != null ? evidenceOf(failed) : List.of(),
        isBad && failed != null ? failed : null);
  }

  private String succeeded() {
    return run.child() == null
        ? "Everything that was planned is done."
        : "Every gate held; run " + run.child() + " brings it to production.";
  }

  private @Nullable String underWay() {
    var all =
        run.steps().stream()
            .filter(step -> step.status().isUnderWay())
            .map(step -> step.name() + (step.reason() == null ? "" : ": " + step.reason()))
            .toList();
    return all.isEmpty() ? null : String.join(" · ", all);
  }

  private @Nullable String failedStep() {
    return run.steps().stream()
        .filter(step -> step.status() == StepStatus.FAILED)
        .map(StepView::name)
        .findFirst()
        .orElse(null);
  }

  private List<String> evidenceOf(String step) {
    var found =
        records.stream()
            .filter(record -> step.equals(record.step()) && record.evidence() != null)
            .map(record -> Evidence.of(Objects.requireNonNull(record.evidence())))
            .map(Evidence::lines)
            .filter(lines -> !lines.isEmpty())
            .reduce((first, last) -> last)
            .orElse(List.of());
    return found.subList(Math.max(0, found.size() - EVIDENCE_LINES), found.size());
  }

  // ---- phases and steps

  public List<Phase> phases() {
    return Phase.of(run, words);
  }

  /**
   * A step in the table.
   *
   * @param left of its bar, in per cent of the run's time
   * @param width likewise; 0: it has not begun
   * @param took how long, or why it was skipped
   */
  record Row(
      StepView step,
      State state,
      String left,
      String width,
      String barStyle,
      String took,
      @Nullable Instant runningSince) {

    public boolean hasBegun() {
      return step.startedAt() != null;
    }
  }

  public List<Row> steps() {
    var from = run.startedAt() == null ? run.createdAt() : run.startedAt();
    var to = run.finishedAt() == null ? words.now() : run.finishedAt();
    var whole = Math.max(1, Duration.between(from, to).toMillis());
    return run.steps().stream().map(step -> row(step, from, whole)).toList();
  }

  private Row row(StepView step, Instant from, long whole) {
    var started = step.startedAt();
    var state = State.of(step);
    if (started == null) {
      return new Row(step, state, "0", "0", "", "", null);
    }
    var ended = step.finishedAt() == null ? words.now() : step.finishedAt();
    var left = share(Duration.between(from, started).toMillis(), whole);
    var width = Math.max(0.8, share(Duration.between(started, ended).toMillis(), whole));
    return new Row(
        step,
        state,
        percent(Math.min(left, 99.2)),
        percent(Math.min(width, 100 - Math.min(left, 99.2))),
        barStyle(step),
        words.took(started, step.finishedAt()),
        step.status().isUnderWay() ? started : null);
  }

  private static String barStyle(StepView step) {
    return switch (step.status()) {
      case FAILED -> "bad";
      case RUNNING -> "now";
      case WAITING -> "wait";
      case PENDING, SKIPPED, CANCELLED -> "idle";
      case SUCCEEDED -> step.undo() ? "wait" : "good";
    };
  }

  private static double share(long part, long whole) {
    return Math.clamp(100.0 * part / whole, 0, 100);
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  // ---- gates

  /** A gate with what it is judged by. */
  record Gate(
      StepView step,
      State state,
      List<Evidence.Fact> facts,
      List<Finding> findings,
      List<GateCharts.Metric> metrics) {}

  /** What a gate recorded. */
  record Finding(Instant at, String text, Evidence evidence) {}

  /** In the plan's order, also those to come, so that nothing moves when one begins. */
  public List<Gate> gates() {
    var gates = new ArrayList<Gate>();
    for (var step : run.steps()) {
      if (step.kind().equals("gate")
          && (step.startedAt() != null || step.status() == StepStatus.PENDING)) {
        var findings =
            records.stream()
                .filter(record -> step.name().equals(record.step()))
                .filter(record -> record.kind() == RunRecord.Kind.NOTE)
                .map(
                    record ->
                        new Finding(
                            record.at(),
                            Objects.requireNonNullElse(record.text(), ""),
                            Evidence.ofNullable(record.evidence())))
                .toList();
        var metrics =
            measured.stream()
                .filter(series -> series.gate().equals(step.name()))
                .map(GateCharts::of)
                .toList();
        gates.add(
            new Gate(step, State.of(step), Evidence.facts(step.outputs()), findings, metrics));
      }
    }
    return gates;
  }

  /** Empty: nothing of this run's can have a share. */
  public Optional<GateCharts.Share> share() {
    return sharesTraffic || run.steps().stream().anyMatch(it -> it.outputs().containsKey("asked"))
        ? Optional.of(GateCharts.share(run, measured, words.now()))
        : Optional.empty();
  }

  // ---- records

  /**
   * A line of what happened.
   *
   * @param who run, step, note or person
   * @param isDecision worth knowing without looking for it
   */
  record Line(
      RunRecord record, String who, String what, @Nullable String more, boolean isDecision) {}

  /** What people and the run as a whole decided, and what went wrong, in order. */
  public List<Line> decisions() {
    return lines().stream().filter(Line::isDecision).toList();
  }

  /** All that is on record, in order. */
  public List<Line> lines() {
    var lines = new ArrayList<Line>();
    @Nullable RunRecord before = null;
    for (var record : records) {
      if (!repeats(record, before)) {
        lines.add(line(record));
      }
      before = record;
    }
    return lines;
  }

  /** The evidence of a failure is on record with the words of the failure itself. */
  private static boolean repeats(RunRecord record, @Nullable RunRecord before) {
    return before != null
        && record.kind() == RunRecord.Kind.NOTE
        && StepStatus.FAILED.name().equals(before.status())
        && Objects.equals(record.step(), before.step())
        && Objects.equals(record.text(), before.text());
  }

  private static Line line(RunRecord record) {
    var subject = Objects.requireNonNullElse(record.step(), "Run");
    return switch (record.kind()) {
      case RUN -> new Line(record, "run", word(record, subject), record.text(), true);
      case STEP ->
          new Line(
              record,
              "step",
              word(record, subject),
              record.text(),
              StepStatus.FAILED.name().equals(record.status()));
      case NOTE -> new Line(record, "note", subject, record.text(), true);
      case PERSON ->
          new Line(
              record, "person", Objects.requireNonNullElse(record.text(), ""), record.step(), true);
    };
  }

  private static String word(RunRecord record, String subject) {
    var status = record.status();
    if (status == null) {
      return subject;
    }
    var word =
        record.kind() == RunRecord.Kind.RUN
            ? State.of(RunStatus.valueOf(status)).word()
            : State.of(StepStatus.valueOf(status)).word();
    return subject + ": " + word.toLowerCase(Locale.ROOT);
  }
}
