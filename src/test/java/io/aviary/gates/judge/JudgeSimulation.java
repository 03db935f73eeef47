package io.aviary.gates.judge;

import io.aviary.release.definition.MetricDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * How often the judge errs, on populations whose truth is known. Prints the tables of
 * docs/judging.md: {@code ./mvnw -q test-compile exec:exec@judge}.
 */
final class JudgeSimulation {

  static final long SEED = 20_260_731;

  private static final Instant START = Instant.EPOCH;

  private JudgeSimulation() {}

  public static void main(String[] args) {
    for (int n : new int[] {10, 20, 60}) {
      var plain = Metrics.ofSamples().compareWithBaseline().tolerance(0).named("m");
      var tol = Metrics.ofSamples().compareWithBaseline().named("m");
      same("normal 10 %, tol 0", plain, n, () -> Population.normal(1, 0.1));
      same("lognormal .5, tol 0", plain, n, () -> Population.logNormal(1, 0.5));
      same("pareto 1.5, tol 0", plain, n, () -> Population.pareto(1, 1.5));
      same("mostly zero, tol 0", plain, n, () -> Population.mostlyZero(0.2));
      same("lognormal .5, tol .1", tol, n, () -> Population.logNormal(1, 0.5));
      for (double rho : new double[] {0.3, 0.5, 0.7, 0.9}) {
        same("AR " + rho + ", tol 0", plain, n, () -> Population.autocorrelated(1, 0.1, rho));
        same("AR " + rho + ", tol .1", tol, n, () -> Population.autocorrelated(1, 0.1, rho));
      }
      run(
          "normal at tolerance",
          tol,
          n,
          () -> Population.normal(1.1, 0.1),
          () -> Population.normal(1, 0.1));
      var counts = Metrics.ofCounts().compareWithBaseline().tolerance(0).named("c");
      var countsTol = Metrics.ofCounts().compareWithBaseline().named("c");
      same("counts 1 %, tol 0", counts, n, () -> Population.errors(0.01, 100));
      same("counts 20 %, tol 0", counts, n, () -> Population.errors(0.2, 100));
      same("counts .1 %, tol 0", counts, n, () -> Population.errors(0.001, 100));
      same("bursts 1 % in 1 of 5, tol 0", counts, n, () -> Population.bursts(0.01, 100, 5));
      run(
          "counts at tolerance",
          countsTol,
          n,
          () -> Population.errors(0.22, 100),
          () -> Population.errors(0.2, 100));
      var limit = Metrics.ofCounts().max(0.01).named("c");
      same("counts at limit", limit, n, () -> Population.errors(0.01, 100));
      same("counts at half limit", limit, n, () -> Population.errors(0.005, 100));
      same(
          "samples at limit",
          Metrics.ofSamples().max(1).named("c"),
          n,
          () -> Population.normal(1, .1));
      run(
          "normal +25 %",
          tol, n, () -> Population.normal(1.25, 0.1), () -> Population.normal(1, 0.1));
      run(
          "AR.5 +25 %",
          tol,
          n,
          () -> Population.autocorrelated(1.25, 0.1, .5),
          () -> Population.autocorrelated(1, 0.1, .5));
      run(
          "lognormal .3 +50 %",
          tol, n, () -> Population.logNormal(1.5, 0.3), () -> Population.logNormal(1, 0.3));
      run(
          "3 times",
          tol,
          n,
          () -> Population.logNormal(3, 0.3),
          () -> Population.logNormal(1, 0.3));
      run(
          "20 % errors of 100",
          countsTol, n, () -> Population.errors(0.2, 100), () -> Population.errors(0.001, 100));
      run(
          "2 % errors vs 1",
          countsTol, n, () -> Population.errors(0.02, 100), () -> Population.errors(0.01, 100));
      run("bursts half", tol, n, () -> Population.mostlyZero(0.5), () -> Population.normal(0, 0));
      run(
          "leak 2 % a look",
          tol, n, () -> Population.normal(1, 0.02).growing(0.02), () -> Population.normal(1, 0.02));
      int late = n * 2 / 3;
      run(
          "3 times in last third",
          tol,
          n,
          () -> Population.logNormal(1, 0.3).from(late, Population.logNormal(3, 0.3)),
          () -> Population.logNormal(1, 0.3));
      run(
          "5 % errors in last third",
          countsTol,
          n,
          () -> Population.errors(0.001, 100).from(late, Population.errors(.05, 100)),
          () -> Population.errors(0.001, 100));
    }
  }

  static void same(String name, MetricDefinition metric, int n, Supplier<Population> both) {
    run(name, metric, n, both, both);
  }

  static void run(
      String name,
      MetricDefinition metric,
      int n,
      Supplier<Population> canary,
      Supplier<Population> other) {
    long begin = System.nanoTime();
    int gates = Integer.getInteger("gates", 1000);
    int fail = 0, pass = 0, inconclusive = 0;
    var at = new ArrayList<Integer>();
    for (int g = 0; g < gates; g++) {
      var random = new SplittableRandom(SEED + g);
      var c = canary.get();
      var o = other.get();
      var looks = looks(c, o, n, random);
      switch (Judge.judge(metric, looks, new Plan(n, 0.01), true)) {
        case Verdict.Pass _ -> pass++;
        case Verdict.Fail f -> {
          fail++;
          at.add(f.evidence().findings().getFirst().lastLook());
        }
        case Verdict.Inconclusive _ -> inconclusive++;
        case Verdict.Undecided _ -> throw new IllegalStateException();
      }
    }
    at.sort(null);
    System.out.printf(
        Locale.ROOT,
        "%-28s n=%d fail %.2f %% pass %.2f %% inc %.2f %% median look %s  %.1f µs/gate%n",
        name,
        n,
        100.0 * fail / gates,
        100.0 * pass / gates,
        100.0 * inconclusive / gates,
        at.isEmpty() ? "-" : at.get(at.size() / 2),
        (System.nanoTime() - begin) / 1e3 / gates);
  }

  static List<Look> looks(Population canary, Population other, int n, SplittableRandom random) {
    return IntStream.range(0, n)
        .mapToObj(
            i ->
                new Look(
                    START.plusSeconds(30L * i),
                    canary.reading(i, random),
                    other.reading(i, random)))
        .toList();
  }
}
