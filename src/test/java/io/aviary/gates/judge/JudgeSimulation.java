package io.aviary.gates.judge;

import io.aviary.release.definition.MetricDefinition;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How often the judge errs, on populations whose truth is known, always the same ones. Prints the
 * tables of docs/judging.md: {@code ./mvnw -q test-compile exec:exec@judge}.
 */
final class JudgeSimulation {

  static final long SEED = 20_260_801;

  private static final double FALSE_ALARMS = Plan.FALSE_ALARMS_OF_A_GATE;
  private static final Instant START = Instant.EPOCH;

  private static final Metrics SAMPLES = Metrics.ofSamples().compareWithBaseline();
  private static final Metrics COUNTS = Metrics.ofCounts().compareWithBaseline();

  private final int healthyGates;
  private final int brokenGates;

  /** How many gates are simulated for each line. */
  JudgeSimulation(int healthyGates, int brokenGates) {
    this.healthyGates = healthyGates;
    this.brokenGates = brokenGates;
  }

  public static void main(String[] args) {
    System.out.println(asDocumented().print());
  }

  /** As many gates as for the tables of the document. */
  static JudgeSimulation asDocumented() {
    return new JudgeSimulation(2000, 500);
  }

  private String print() {
    return String.join(
        "\n\n",
        "Seed %d.".formatted(SEED),
        healthyTable(),
        naiveTable(),
        brokenTable(),
        scaleLine());
  }

  // ---- canaries that are no worse than allowed

  /** Whether the false alarms are meant to be bounded: not where the measurements depend. */
  record Healthy(String name, boolean bounded, List<Subject> subjects) {}

  /** A metric with the populations that its values come from, new ones for each gate. */
  record Subject(MetricDefinition metric, Supplier<Population> canary, Supplier<Population> other) {
    static Subject same(Metrics metric, Supplier<Population> both) {
      return new Subject(metric.named("m"), both, both);
    }

    static Subject of(Metrics metric, Population canary, Population other) {
      return new Subject(metric.named("m"), () -> canary, () -> other);
    }
  }

  static List<Healthy> healthy() {
    var strict = SAMPLES.tolerance(0);
    var strictCounts = COUNTS.tolerance(0);
    var atLimit =
        Subject.of(
            SAMPLES.max(1), Population.logNormal(1, 0.3), Population.logNormal(1 / 1.1, 0.3));
    var countsAtLimit =
        Subject.of(COUNTS.max(0.011), Population.errors(0.011, 200), Population.errors(0.01, 200));
    return List.of(
        new Healthy(
            "samples, log-normal (σ 0.5), alike",
            true,
            List.of(Subject.same(SAMPLES, () -> Population.logNormal(1, 0.5)))),
        new Healthy(
            "samples, log-normal (σ 0.5), alike, tolerance 0",
            true,
            List.of(Subject.same(strict, () -> Population.logNormal(1, 0.5)))),
        new Healthy(
            "samples, normal (10 %), alike, tolerance 0",
            true, List.of(Subject.same(strict, () -> Population.normal(1, 0.1)))),
        new Healthy(
            "samples, normal (10 %), canary higher by just the tolerance of 10 %",
            true,
            List.of(Subject.of(SAMPLES, Population.normal(1.1, 0.11), Population.normal(1, 0.1)))),
        new Healthy(
            "samples, Pareto (shape 1.5, infinite variance), alike, tolerance 0",
            true,
            List.of(Subject.same(strict, () -> Population.pareto(1, 1.5)))),
        new Healthy(
            "samples, four of five zero, alike, tolerance 0",
            true,
            List.of(Subject.same(strict, () -> Population.mostlyZero(0.2)))),
        new Healthy(
            "samples, median just at the limit",
            true,
            List.of(
                Subject.of(
                    Metrics.ofSamples().max(1),
                    Population.logNormal(1, 0.5),
                    Population.normal(1, 0)))),
        new Healthy(
            "counts, 0.1 % of 100 a look, alike",
            true, List.of(Subject.same(COUNTS, () -> Population.errors(0.001, 100)))),
        new Healthy(
            "counts, 1 % of 100 a look, alike, tolerance 0",
            true, List.of(Subject.same(strictCounts, () -> Population.errors(0.01, 100)))),
        new Healthy(
            "counts, 20 % of 100 a look, alike, tolerance 0",
            true, List.of(Subject.same(strictCounts, () -> Population.errors(0.2, 100)))),
        new Healthy(
            "counts, 22 % against 20 % of 100 a look: just the tolerance of 10 %",
            true,
            List.of(Subject.of(COUNTS, Population.errors(0.22, 100), Population.errors(0.2, 100)))),
        new Healthy(
            "counts, half of the limit of 1 %, 100 a look",
            true,
            List.of(
                Subject.of(
                    Metrics.ofCounts().max(0.01),
                    Population.errors(0.005, 100),
                    Population.errors(0, 100)))),
        new Healthy(
            "counts, just at the limit of 1 %, 100 a look",
            true,
            List.of(
                Subject.of(
                    Metrics.ofCounts().max(0.01),
                    Population.errors(0.01, 100),
                    Population.errors(0, 100)))),
        new Healthy(
            "four metrics, all just at limit and tolerance",
            true,
            List.of(atLimit, atLimit, countsAtLimit, countsAtLimit)),
        dependent("samples that remember (autocorrelation 0.5), alike", SAMPLES, 0.5),
        dependent("samples that remember (autocorrelation 0.5), alike, tolerance 0", strict, 0.5),
        dependent("samples that remember (autocorrelation 0.8), alike", SAMPLES, 0.8),
        dependent("samples that remember (autocorrelation 0.8), alike, tolerance 0", strict, 0.8),
        new Healthy(
            "counts, just at the limit of 1 %, 100 a look, all in one look of five",
            false,
            List.of(
                Subject.of(
                    Metrics.ofCounts().max(0.01),
                    Population.bursts(0.01, 100, 5),
                    Population.errors(0, 100)))),
        new Healthy(
            "counts, 1 % of 100 a look, all in one look of five, alike",
            false, List.of(Subject.same(COUNTS, () -> Population.bursts(0.01, 100, 5)))));
  }

  private static Healthy dependent(String name, Metrics metric, double memory) {
    return new Healthy(
        name,
        false,
        List.of(Subject.same(metric, () -> Population.autocorrelated(1, 0.1, memory))));
  }

  /**
   * What came of the gates of a healthy canary, those without a verdict at the end of the hold
   * looked at for as long again.
   *
   * @param failed during all of it
   * @param passedAtEnd as soon as the hold was over
   * @param passedLater at twice the hold
   */
  record Alarms(
      Healthy healthy, int looks, int gates, int failed, int passedAtEnd, int passedLater) {

    /** With 99 % confidence, the true part is lower. */
    double bound() {
      return Rates.upperBound(failed, gates, 0.01);
    }
  }

  Alarms alarms(Healthy healthy, int looks) {
    var ends =
        IntStream.range(0, healthyGates)
            .parallel()
            .mapToObj(gate -> end(healthy, looks, new SplittableRandom(SEED + gate)))
            .toList();
    return new Alarms(
        healthy,
        looks,
        healthyGates,
        count(ends, End.FAILED),
        count(ends, End.PASSED_AT_END),
        count(ends, End.PASSED_LATER));
  }

  private enum End {
    FAILED,
    PASSED_AT_END,
    PASSED_LATER,
    OPEN
  }

  private static int count(List<End> ends, End which) {
    return (int) ends.stream().filter(end -> end == which).count();
  }

  private static End end(Healthy healthy, int hold, SplittableRandom random) {
    var plan = new Plan(hold, FALSE_ALARMS / healthy.subjects().size());
    var all = healthy.subjects().stream().map(one -> looks(one, 2 * hold, random)).toList();
    var atEnd = verdicts(healthy, all, hold, plan);
    if (atEnd.stream().anyMatch(Verdict.Fail.class::isInstance)) {
      return End.FAILED;
    }
    if (atEnd.stream().allMatch(Verdict.Pass.class::isInstance)) {
      return End.PASSED_AT_END;
    }
    var later = verdicts(healthy, all, 2 * hold, plan);
    if (later.stream().anyMatch(Verdict.Fail.class::isInstance)) {
      return End.FAILED;
    }
    return later.stream().allMatch(Verdict.Pass.class::isInstance) ? End.PASSED_LATER : End.OPEN;
  }

  private static List<Verdict> verdicts(
      Healthy healthy, List<List<Look>> all, int looks, Plan plan) {
    return IntStream.range(0, all.size())
        .mapToObj(
            i ->
                Judge.judge(
                    healthy.subjects().get(i).metric(), all.get(i).subList(0, looks), plan, true))
        .toList();
  }

  private static List<Look> looks(Subject subject, int n, SplittableRandom random) {
    var canary = subject.canary().get();
    var other = subject.other().get();
    return IntStream.range(0, n)
        .mapToObj(
            i ->
                new Look(
                    START.plusSeconds(30L * i),
                    canary.reading(i, random),
                    other.reading(i, random)))
        .toList();
  }

  private String healthyTable() {
    var rows =
        healthy().stream()
            .flatMap(healthy -> IntStream.of(10, 20, 60).mapToObj(looks -> row(healthy, looks)))
            .toList();
    return table(
        "| canary no worse than allowed; %d gates each | looks | false alarms | with 99 %% below | passed at the end of the hold | … or at twice the hold |"
            .formatted(healthyGates),
        rows);
  }

  /** A line of the table. */
  String row(Healthy healthy, int looks) {
    var alarms = alarms(healthy, looks);
    return row(
        healthy.name(),
        looks,
        percent(alarms.failed(), alarms.gates()),
        percent(alarms.bound()),
        percent(alarms.passedAtEnd(), alarms.gates()),
        percent(alarms.passedAtEnd() + alarms.passedLater(), alarms.gates()));
  }

  // ---- what looking often does to a test that does not expect it

  double naiveFalseAlarms(int looks) {
    long failed =
        IntStream.range(0, healthyGates)
            .parallel()
            .filter(gate -> naiveFails(looks, new SplittableRandom(SEED + gate)))
            .count();
    return (double) failed / healthyGates;
  }

  private static boolean naiveFails(int n, SplittableRandom random) {
    var population = Population.logNormal(1, 0.5);
    var series =
        new SampleSeries(looks(Subject.of(SAMPLES, population, population), n, random), true);
    return IntStream.rangeClosed(10, n)
        .anyMatch(look -> RankSum.higher(series.canary(0, look), series.other(0, look)) <= 0.01);
  }

  private String naiveTable() {
    var rows =
        IntStream.of(10, 20, 60)
            .mapToObj(
                looks ->
                    row(
                        "samples, log-normal (σ 0.5), alike",
                        looks,
                        percent(naiveFalseAlarms(looks))))
            .toList();
    return table(
        "| for comparison: Mann–Whitney at 1 % at every look, tolerance 0 | looks | false alarms |",
        rows);
  }

  // ---- canaries that are worse

  record Broken(String name, Subject subject) {}

  static List<Broken> broken(int looks) {
    int late = looks * 2 / 3;
    var calm = Population.errors(0.001, 100);
    return List.of(
        new Broken(
            "samples +25 %, spread 10 %",
            Subject.of(SAMPLES, Population.normal(1.25, 0.1), Population.normal(1, 0.1))),
        new Broken(
            "samples +25 %, spread 10 %, autocorrelation 0.5",
            new Subject(
                SAMPLES.named("m"),
                () -> Population.autocorrelated(1.25, 0.1, 0.5),
                () -> Population.autocorrelated(1, 0.1, 0.5))),
        new Broken(
            "samples +50 %, log-normal (σ 0.3)",
            Subject.of(SAMPLES, Population.logNormal(1.5, 0.3), Population.logNormal(1, 0.3))),
        new Broken(
            "samples 3 ×, log-normal (σ 0.3)",
            Subject.of(SAMPLES, Population.logNormal(3, 0.3), Population.logNormal(1, 0.3))),
        new Broken(
            "samples 3 ×, in the last third only",
            Subject.of(
                SAMPLES,
                Population.logNormal(1, 0.3).from(late, Population.logNormal(3, 0.3)),
                Population.logNormal(1, 0.3))),
        new Broken(
            "samples, errors in half of the looks, baseline has none",
            Subject.of(SAMPLES, Population.mostlyZero(0.5), Population.normal(0, 0))),
        new Broken(
            "samples, leak of 2 % a look",
            Subject.of(
                SAMPLES, Population.normal(1, 0.02).growing(0.02), Population.normal(1, 0.02))),
        new Broken(
            "samples, leak of 2 % a look, limit at 1.2 ×",
            Subject.of(
                Metrics.ofSamples().max(1.2),
                Population.normal(1, 0.02).growing(0.02),
                Population.normal(1, 0.02))),
        new Broken(
            "counts of 100 a look, 20 % against 0.1 %",
            Subject.of(COUNTS, Population.errors(0.2, 100), calm)),
        new Broken(
            "counts of 100 a look, 5 % against 1 %",
            Subject.of(COUNTS, Population.errors(0.05, 100), Population.errors(0.01, 100))),
        new Broken(
            "counts of 100 a look, 2 % against 1 %",
            Subject.of(COUNTS, Population.errors(0.02, 100), Population.errors(0.01, 100))),
        new Broken(
            "counts of 100 a look, 5 % in the last third only",
            Subject.of(COUNTS, calm.from(late, Population.errors(0.05, 100)), calm)),
        new Broken(
            "counts of 100 a look, in bursts: 2 % in half of the looks, baseline has none",
            Subject.of(COUNTS, Population.bursts(0.01, 100, 2), Population.errors(0, 100))),
        new Broken(
            "counts of 100 a look, 2 %, limit 1 %",
            Subject.of(Metrics.ofCounts().max(0.01), Population.errors(0.02, 100), calm)),
        new Broken(
            "counts of 100 a look, 5 %, limit 1 %",
            Subject.of(Metrics.ofCounts().max(0.01), Population.errors(0.05, 100), calm)));
  }

  /**
   * What came of the gates of a broken canary at the end of the hold.
   *
   * @param medianLook at which it failed; null: it never did
   */
  record Detections(
      Broken broken, int looks, int gates, int failed, int passed, @Nullable Integer medianLook) {
    double failedPart() {
      return (double) failed / gates;
    }
  }

  Detections detections(Broken broken, int looks) {
    var subject = broken.subject();
    var verdicts =
        IntStream.range(0, brokenGates)
            .parallel()
            .mapToObj(
                gate ->
                    Judge.judge(
                        subject.metric(),
                        looks(subject, looks, new SplittableRandom(SEED + gate)),
                        new Plan(looks, FALSE_ALARMS),
                        true))
            .toList();
    var failedAt =
        verdicts.stream()
            .filter(Verdict.Fail.class::isInstance)
            .map(verdict -> verdict.evidence().findings().getFirst().lastLook())
            .sorted()
            .toList();
    return new Detections(
        broken,
        looks,
        brokenGates,
        failedAt.size(),
        (int) verdicts.stream().filter(Verdict.Pass.class::isInstance).count(),
        failedAt.isEmpty() ? null : failedAt.get(failedAt.size() / 2));
  }

  private String brokenTable() {
    var rows =
        IntStream.range(0, broken(0).size())
            .boxed()
            .flatMap(
                i -> IntStream.of(10, 20, 50).mapToObj(looks -> row(broken(looks).get(i), looks)))
            .toList();
    return table(
        "| canary worse than allowed; tolerance 10 %%; %d gates each | looks | failed | median look of it | no verdict at the end | passed |"
            .formatted(brokenGates),
        rows);
  }

  /** A line of the table. */
  String row(Broken broken, int looks) {
    var found = detections(broken, looks);
    var medianLook = found.medianLook();
    return row(
        broken.name(),
        looks,
        percent(found.failed(), found.gates()),
        medianLook == null ? "–" : medianLook,
        percent(found.gates() - found.failed() - found.passed(), found.gates()),
        percent(found.passed(), found.gates()));
  }

  // ---- other units

  /** How many of the gates end otherwise if both groups are measured in another unit. */
  long verdictsChangedByScale(double factor) {
    return IntStream.range(0, healthyGates)
        .parallel()
        .filter(gate -> kind(gate, 1) != kind(gate, factor))
        .count();
  }

  private static Class<? extends Verdict> kind(int gate, double factor) {
    var canary = Population.logNormal(1.3, 0.3).times(factor);
    var other = Population.logNormal(1, 0.3).times(factor);
    var looks = looks(Subject.of(SAMPLES, canary, other), 30, new SplittableRandom(SEED + gate));
    return Judge.judge(SAMPLES.named("m"), looks, new Plan(30, FALSE_ALARMS), true).getClass();
  }

  String scaleLine() {
    return "Multiplied by 10⁻⁶ and by 10⁶, %d and %d of %d gates (+30 %%, σ 0.3, 30 looks) end otherwise."
        .formatted(verdictsChangedByScale(1e-6), verdictsChangedByScale(1e6), healthyGates);
  }

  // ---- print

  private static String table(String head, List<String> rows) {
    var columns = head.replaceAll("[^|]", "").length() - 1;
    var line = "|---|" + "---:|".repeat(columns - 1);
    return head + "\n" + line + "\n" + String.join("\n", rows);
  }

  private static String row(Object... cells) {
    return Stream.of(cells).map(String::valueOf).collect(Collectors.joining(" | ", "| ", " |"));
  }

  private static String percent(int part, int whole) {
    return percent((double) part / whole);
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, part < 0.1 ? "%.2f %%" : "%.1f %%", 100 * part);
  }
}
