package io.aviary.gates.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.aviary.gates.judge.Finding.Answer;
import io.aviary.release.definition.MetricDefinition;
import io.aviary.release.definition.MetricDefinition.Compare;
import io.aviary.release.definition.MetricDefinition.Direction;
import io.aviary.release.definition.MetricDefinition.Unit;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JudgeTest {

  private static final Reading NO_DATA = new Reading.NoData();
  private static final Reading AWAY =
      new Reading.Unavailable("http://prometheus:9090: connection refused");

  private static Verdict atEnd(MetricDefinition metric, Looks looks) {
    return judge(metric, looks.list(), true);
  }

  private static Verdict during(MetricDefinition metric, Looks looks) {
    return judge(metric, looks.list(), false);
  }

  private static Verdict judge(MetricDefinition metric, List<Look> looks, boolean atEnd) {
    return Judge.judge(metric, looks, new Plan(20, 0.01), atEnd);
  }

  @Nested
  class ALimitOnCounts {

    private final MetricDefinition metric = Metrics.ofCounts().max(0.01).named("error-rate");

    @Test
    void passesWhereTheRateIsBelow() {
      var verdict = atEnd(metric, Looks.none().counts(20, 0.5, 100));
      assertThat(verdict).isInstanceOf(Verdict.Pass.class);
      assertThat(verdict.sentence())
          .isEqualTo("error-rate 0.5 % (10 of 2000), within the limit of 1 %");
    }

    @Test
    void failsAtOnceWhereItIsFarAbove() {
      var verdict = during(metric, Looks.none().counts(1, 20, 100));
      assertThat(verdict).isInstanceOf(Verdict.Fail.class);
      assertThat(verdict.sentence())
          .isEqualTo("error-rate 20 % (20 of 100), clearly above the limit of 1 %, p < 0.001");
    }

    @Test
    void neitherPassesNorFailsWhereItIsAboveButThatMayBeChance() {
      var verdict = atEnd(metric, Looks.none().counts(1, 3, 100).counts(19, 0, 100.0 / 19));
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.sentence())
          .isEqualTo(
              "error-rate 1.5 % (3 of 200), above the limit of 1 %, but not clearly, p = 0.32");
    }

    /** The numbers of docs/judging.md. */
    @Test
    void decidesAsTheDocumentSays() {
      assertThat(atEnd(metric, Looks.none().counts(20, 0.6, 40)).sentence())
          .contains("(12 of 800), above the limit of 1 %, but not clearly");
      assertThat(atEnd(metric, Looks.none().counts(20, 0.25, 30))).isInstanceOf(Verdict.Pass.class);
      assertThat(during(metric, Looks.none().counts(20, 1, 10))).isInstanceOf(Verdict.Fail.class);
    }

    @Test
    void doesNotPassWhereErrorsBeganLate() {
      var verdict = atEnd(metric, Looks.none().counts(19, 0, 100).counts(1, 6, 100));
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.sentence()).contains(", above the limit of 1 %, but not clearly");
    }

    @Test
    void failsWhereManyErrorsBeganLate() {
      var verdict = atEnd(metric, Looks.none().counts(15, 0, 1000).counts(5, 30, 1000));
      assertThat(verdict).isInstanceOf(Verdict.Fail.class);
    }

    @Test
    void saysHowManyRequestsAreMissing() {
      var verdict = atEnd(metric, Looks.none().counts(20, 1, 2));
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.sentence())
          .isEqualTo("error-rate: 40 of the 100 requests that a verdict needs");
    }

    @Test
    void takesAnEmptyAnswerForBadAsNone() {
      var verdict = atEnd(metric, Looks.none().add(20, new Reading.Counts(null, 100), null));
      assertThat(verdict).isInstanceOf(Verdict.Pass.class);
      assertThat(verdict.sentence()).startsWith("error-rate 0 % (0 of 2000)");
    }

    @Test
    void doesNotTakeAnEmptyAnswerForAllAsNone() {
      var verdict = atEnd(metric, Looks.none().add(20, NO_DATA, null));
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.sentence()).contains("20 of 20 looks were answered without data");
    }

    @Test
    void ignoresWhatNoCounterCanSay() {
      var verdict =
          atEnd(
              metric, Looks.none().counts(10, Double.NaN, 100).counts(5, -1, 100).counts(5, 0, -3));
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.evidence().withoutData()).isEqualTo(20);
    }

    @Test
    void sumsUpPartsOfRequestsBeforeItRounds() {
      var verdict = atEnd(metric, Looks.none().counts(20, 0.3, 100.4));
      assertThat(verdict.sentence()).contains("(6 of 2008)");
    }

    @Test
    void ofZeroAllowsNone() {
      var none = Metrics.ofCounts().max(0).named("panics");
      assertThat(atEnd(none, Looks.none().counts(20, 0, 100))).isInstanceOf(Verdict.Pass.class);
      assertThat(during(none, Looks.none().counts(3, 0, 100).counts(1, 1, 100)))
          .isInstanceOf(Verdict.Fail.class);
    }

    @Test
    void canBeAMinimum() {
      var hits = Metrics.ofCounts().min(0.9).named("cache-hits");
      assertThat(atEnd(hits, Looks.none().counts(20, 95, 100))).isInstanceOf(Verdict.Pass.class);
      var verdict = atEnd(hits, Looks.none().counts(20, 70, 100));
      assertThat(verdict).isInstanceOf(Verdict.Fail.class);
      assertThat(verdict.sentence()).contains("clearly below the limit of 90 %");
    }
  }

  @Nested
  class AComparisonOfCounts {

    private final MetricDefinition metric =
        Metrics.ofCounts().compareWithBaseline().named("error-rate");

    @Test
    void failsWithinFewLooksWhereAFifthAreErrors() {
      var verdict = during(metric, Looks.none().counts(3, 20, 100, 1, 100));
      assertThat(verdict).isInstanceOf(Verdict.Fail.class);
      assertThat(verdict.sentence())
          .isEqualTo(
              "error-rate 20 % (40 of 200) against 1 % (2 of 200) of the baseline, 20 ×,"
                  + " p < 0.001, allowed +10 %");
    }

    @Test
    void failsWhereTheOtherHasNone() {
      var verdict = during(metric, Looks.none().counts(2, 20, 100, 0, 100));
      assertThat(verdict).isInstanceOf(Verdict.Fail.class);
      assertThat(verdict.sentence()).contains("of the baseline, p < 0.001");
    }

    @Test
    void passesWhereBothAreAlike() {
      var verdict = atEnd(metric, Looks.none().counts(20, 1, 100, 1, 100));
      assertThat(verdict).isInstanceOf(Verdict.Pass.class);
      assertThat(verdict.sentence())
          .isEqualTo(
              "error-rate 1 % (20 of 2000) against 1 % (20 of 2000) of the baseline, 1.00 ×,"
                  + " allowed +10 %: not clearly higher");
    }

    @Test
    void passesWhereASingleErrorIsEasilyChance() {
      assertThat(atEnd(metric, Looks.none().counts(19, 0, 100, 0, 100).counts(1, 1, 100, 0, 100)))
          .isInstanceOf(Verdict.Pass.class);
    }

    @Test
    void catchesBurstsThatAMedianDoesNotSee() {
      var looks = Looks.none();
      for (int i = 0; i < 30; i++) {
        looks.counts(1, 2, 100, 0, 100).counts(1, 0, 100, 0, 100);
      }
      assertThat(atEnd(metric, looks)).isInstanceOf(Verdict.Fail.class);
    }

    @Test
    void toleratesAsMuchAsIsAllowed() {
      var generous = Metrics.ofCounts().compareWithBaseline().tolerance(1).named("error-rate");
      assertThat(atEnd(generous, Looks.none().counts(20, 18, 1000, 10, 1000)))
          .isInstanceOf(Verdict.Pass.class);
      assertThat(atEnd(metric, Looks.none().counts(20, 18, 1000, 10, 1000)))
          .isInstanceOf(Verdict.Fail.class);
    }

    @Test
    void needsRequestsOfBoth() {
      var verdict = atEnd(metric, Looks.none().counts(20, 50, 100, 0, 1));
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.sentence())
          .isEqualTo(
              "error-rate: a verdict needs 100 requests of each, there are 2000 of the canary and"
                  + " 20 of the baseline");
    }

    @Test
    void isLessSureWhereTheOtherHasBurstsToo() {
      var calm = Looks.none().counts(20, 3, 100, 2, 100);
      var restless = Looks.none();
      for (int i = 0; i < 10; i++) {
        restless.counts(1, 3, 100, 0, 100).counts(1, 3, 100, 4, 100);
      }
      var ofCalm = atEnd(metric, calm).evidence().findings().getLast();
      var ofRestless = atEnd(metric, restless).evidence().findings().getLast();
      assertThat(ofCalm.overdispersion()).isOne();
      assertThat(ofRestless.overdispersion()).isGreaterThan(1.05);
    }

    @Test
    void canBeForLowerOnes() {
      var hits =
          Metrics.ofCounts()
              .compare(Compare.PRODUCTION)
              .direction(Direction.LOWER_IS_WORSE)
              .named("cache-hits");
      var verdict = during(hits, Looks.none().counts(5, 30, 100, 60, 100));
      assertThat(verdict).isInstanceOf(Verdict.Fail.class);
      assertThat(verdict.sentence()).contains("of production, 0.50 ×").endsWith("allowed −10 %");
      assertThat(atEnd(hits, Looks.none().counts(20, 90, 100, 60, 100)))
          .isInstanceOf(Verdict.Pass.class);
    }

    @Test
    void canBeForEither() {
      var either =
          Metrics.ofCounts().compareWithBaseline().direction(Direction.EITHER).named("logins");
      assertThat(during(either, Looks.none().counts(5, 30, 100, 60, 100)))
          .isInstanceOf(Verdict.Fail.class);
      assertThat(during(either, Looks.none().counts(5, 60, 100, 30, 100)))
          .isInstanceOf(Verdict.Fail.class);
      assertThat(atEnd(either, Looks.none().counts(20, 60, 100, 60, 100)))
          .isInstanceOf(Verdict.Pass.class);
    }
  }

  @Nested
  class ALimitOnSamples {

    private final MetricDefinition metric = Metrics.ofSamples().max(0.5).named("latency-p99");

    @Test
    void failsWhereNearlyAllAreAbove() {
      var looks = Looks.none().values(0.4).add(18, Reading.Values.of(0.62), null);
      var verdict = during(metric, looks);
      assertThat(verdict).isInstanceOf(Verdict.Fail.class);
      assertThat(verdict.sentence()).contains("clearly above the limit of 500 ms, p < 0.001");
    }

    @Test
    void passesWhereTheyAreTypicallyBelow() {
      var looks = Looks.none();
      for (int i = 0; i < 5; i++) {
        looks.values(0.9, 0.3, 0.31, 0.29);
      }
      var verdict = atEnd(metric, looks);
      assertThat(verdict).isInstanceOf(Verdict.Pass.class);
      assertThat(verdict.sentence())
          .isEqualTo("latency-p99 305 ms (5 of 20 samples above), within the limit of 500 ms");
    }

    @Test
    void doesNotPassWhereTheNewestAreAbove() {
      var verdict =
          atEnd(
              metric,
              Looks.none()
                  .add(17, Reading.Values.of(0.3), null)
                  .add(3, Reading.Values.of(2), null));
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.sentence())
          .isEqualTo(
              "latency-p99 2 s (3 of 5 samples above) in looks 16 to 20, above the limit of 500 ms,"
                  + " but not clearly, p = 0.5");
    }

    @Test
    void catchesALeak() {
      var memory = Metrics.ofSamples().max(1e9).unit(Unit.BYTES).named("memory");
      var looks = Looks.none();
      for (int i = 0; i < 40; i++) {
        looks.values(3e8 + i * 4e7);
      }
      assertThat(Judge.judge(memory, looks.list(), new Plan(40, 0.01), true))
          .isInstanceOf(Verdict.Fail.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 9})
    void needsSamples(int n) {
      var verdict = atEnd(metric, Looks.none().add(n, Reading.Values.of(9), null));
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.sentence())
          .isEqualTo("latency-p99: %d of the 10 samples that a verdict needs".formatted(n));
    }

    @Test
    void neverTakesLessThanFive() {
      var hasty = Metrics.ofSamples().max(0.5).minSamples(1).named("latency-p99");
      assertThat(atEnd(hasty, Looks.none().add(4, Reading.Values.of(0.1), null)))
          .isInstanceOf(Verdict.Inconclusive.class);
      assertThat(atEnd(hasty, Looks.none().add(5, Reading.Values.of(0.1), null)))
          .isInstanceOf(Verdict.Pass.class);
    }

    @Test
    void leavesOutWhatIsNoNumber() {
      var verdict =
          atEnd(
              metric,
              Looks.none()
                  .add(10, Reading.Values.of(Double.NaN), null)
                  .add(10, new Reading.Values(List.of(0.2, Double.POSITIVE_INFINITY)), null));
      assertThat(verdict).isInstanceOf(Verdict.Pass.class);
      assertThat(verdict.evidence().withoutData()).isEqualTo(10);
      assertThat(verdict.evidence().findings().getFirst().canary())
          .isEqualTo(new Finding.Group(0.2, 0.2, 10, 0L));
    }

    @Test
    void averagesOverPods() {
      var verdict =
          atEnd(metric, Looks.none().add(20, new Reading.Values(List.of(0.1, 0.1, 1.0)), null));
      assertThat(verdict.sentence()).startsWith("latency-p99 400 ms (0 of 20 samples above)");
    }
  }

  @Nested
  class AComparisonOfSamples {

    private final MetricDefinition metric = Metrics.ofSamples().compareWithBaseline().named("p99");

    @Test
    void failsWhereTheCanaryIsSlower() {
      var verdict = during(metric, Looks.none().values(20, 0.48, 0.21));
      assertThat(verdict).isInstanceOf(Verdict.Fail.class);
      assertThat(verdict.sentence())
          .matches(
              "p99 4\\d\\d ms against 2\\d\\d ms of the baseline, 2\\.\\d ×, n = 1\\d, p < 0\\.001,"
                  + " allowed \\+10 %");
    }

    @Test
    void tellsTheShiftAndItsInterval() {
      var finding =
          during(metric, Looks.none().values(20, 0.48, 0.21)).evidence().findings().getFirst();
      assertThat(finding.answer()).isEqualTo(Answer.WORSE);
      assertThat(finding.shift()).isBetween(0.25, 0.29);
      var interval = finding.interval();
      assertThat(interval).isNotNull();
      assertThat(interval.low()).isBetween(0.22, finding.shift());
      assertThat(interval.high()).isBetween(finding.shift(), 0.32);
      assertThat(interval.confidence()).isGreaterThan(0.99);
    }

    @Test
    void passesWhereTheCanaryIsWithinTheTolerance() {
      var verdict = atEnd(metric, Looks.none().values(20, 0.22, 0.21));
      assertThat(verdict).isInstanceOf(Verdict.Pass.class);
      assertThat(verdict.sentence()).endsWith("n = 20, allowed +10 %: not clearly higher");
    }

    @Test
    void passesWhereTheCanaryIsBetter() {
      assertThat(atEnd(metric, Looks.none().values(20, 0.1, 0.21)))
          .isInstanceOf(Verdict.Pass.class);
    }

    @Test
    void catchesBurstsAgainstNothing() {
      var looks = Looks.none();
      for (int i = 0; i < 30; i++) {
        looks
            .add(1, Reading.Values.of(3), Reading.Values.of(0))
            .add(1, Reading.Values.of(0), Reading.Values.of(0));
      }
      var verdict =
          Judge.judge(
              Metrics.ofSamples().compareWithBaseline().unit(Unit.NONE).named("errors"),
              looks.list(),
              new Plan(60, 0.01),
              true);
      assertThat(verdict).isInstanceOf(Verdict.Fail.class);
      assertThat(verdict.sentence())
          .containsPattern("errors [\\d.]+ against 0 of the baseline( on average)?, n = \\d+, p <");
    }

    @Test
    void catchesALeakAgainstABaselineThatStays() {
      var looks = Looks.none();
      for (int i = 0; i < 40; i++) {
        looks.values(1, 3e8 * (1 + 0.02 * i), 3e8);
      }
      assertThat(during(metric, looks)).isInstanceOf(Verdict.Fail.class);
    }

    /** As measured on a real cluster, in pages, each 4 s: the baseline moves little, and slowly. */
    @Test
    void catchesALeakAgainstABaselineThatHardlyMoves() {
      var canary =
          new double[] {
            5936, 6980, 8017, 8831, 9645, 10904, 11644, 12163, 13347, 14087, 14753, 15864, 16530,
            17493, 18233, 18529
          };
      var baseline =
          new double[] {
            5086, 5087, 5087, 5088, 5088, 5088, 5090, 5089, 5089, 5089, 5090, 5090, 5090, 5091,
            5091, 5091
          };
      var looks = Looks.none();
      for (int i = 0; i < canary.length; i++) {
        looks.add(1, Reading.Values.of(canary[i]), Reading.Values.of(baseline[i]));
      }
      var gentle = Metrics.ofSamples().compareWithBaseline().tolerance(0.5).named("memory");
      var verdict = Judge.judge(gentle, looks.list(), new Plan(12, 0.01 / 3), false);
      assertThat(verdict).isInstanceOf(Verdict.Fail.class);
      assertThat(verdict.sentence()).contains("2.3 ×", "looks 3 to 12");
    }

    @Test
    void takesAWaveOfTheSizeThatTheOthersHaveForNoClearDifference() {
      var looks = Looks.none();
      for (int i = 0; i < 20; i++) {
        looks.add(
            1,
            Reading.Values.of(1.5 + 0.1 * Math.sin(i / 6.0)),
            Reading.Values.of(1 + 0.25 * Math.sin(i / 6.0 + 2)));
      }
      var verdict = during(metric, looks);
      assertThat(verdict).isInstanceOf(Verdict.Undecided.class);
      assertThat(verdict.sentence()).contains("because each look remembers the one before");
    }

    @Test
    void doesNotPassWhereTheNewestStandOut() {
      var verdict = atEnd(metric, Looks.none().values(15, 0.21, 0.21).values(5, 2.1, 0.21));
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.sentence()).contains("in looks 16 to 20");
    }

    @Test
    void usesOnlyLooksThatHaveBoth() {
      var looks =
          Looks.none()
              .values(6, 0.2, 0.2)
              .add(8, NO_DATA, Reading.Values.of(0.2))
              .add(6, Reading.Values.of(9), NO_DATA);
      var verdict = atEnd(metric, looks);
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.sentence())
          .startsWith(
              "p99: 6 of the 10 looks with samples of both the canary and the baseline that a"
                  + " verdict needs; p99: 14 of 20 looks were answered without data");
    }

    @Test
    void treatsNegativeValuesLikeOthers() {
      var temperature = Metrics.ofSamples().compareWithBaseline().unit(Unit.NONE).named("balance");
      assertThat(atEnd(temperature, Looks.none().values(20, -10, -10)))
          .isInstanceOf(Verdict.Pass.class);
      assertThat(atEnd(temperature, Looks.none().values(20, -5, -10)))
          .isInstanceOf(Verdict.Fail.class);
    }

    @Test
    void canBeForLowerOnes() {
      var throughput =
          Metrics.ofSamples()
              .compareWithBaseline()
              .direction(Direction.LOWER_IS_WORSE)
              .unit(Unit.NONE)
              .named("throughput");
      assertThat(atEnd(throughput, Looks.none().values(20, 300, 500)))
          .isInstanceOf(Verdict.Fail.class);
      assertThat(atEnd(throughput, Looks.none().values(20, 480, 500)))
          .isInstanceOf(Verdict.Pass.class);
    }
  }

  @Nested
  class WhenMeasuringFails {

    private final MetricDefinition metric =
        Metrics.ofCounts().max(0.01).compareWithBaseline().named("error-rate");

    @Test
    void aServerThatIsAwayIsNeverAPass() {
      var verdict = atEnd(metric, Looks.none().add(20, AWAY, AWAY));
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.sentence())
          .endsWith(
              "error-rate: 20 of 20 looks got no answer, the last of them: http://prometheus:9090:"
                  + " connection refused");
    }

    @Test
    void noLookIsNeverAPass() {
      assertThat(atEnd(metric, Looks.none())).isInstanceOf(Verdict.Inconclusive.class);
    }

    @Test
    void goodLooksBeforeItBrokeOffAreNotEnough() {
      var verdict = atEnd(metric, Looks.none().counts(19, 0, 100, 0, 100).add(1, AWAY, AWAY));
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.sentence()).contains("the newest look brought no measurement");
    }

    @Test
    void mostLooksMustHaveBeenAnswered() {
      var verdict =
          atEnd(
              metric,
              Looks.none().counts(5, 0, 100, 0, 100).add(11, AWAY, AWAY).counts(4, 0, 100, 0, 100));
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.sentence()).contains("11 of 20 looks got no answer");
    }

    @Test
    void aFewLostLooksDoNotMatter() {
      var verdict =
          atEnd(
              metric,
              Looks.none()
                  .counts(8, 0, 100, 0, 100)
                  .add(3, AWAY, AWAY)
                  .add(1, NO_DATA, NO_DATA)
                  .counts(8, 0, 100, 0, 100));
      assertThat(verdict).isInstanceOf(Verdict.Pass.class);
      assertThat(verdict.evidence().unavailable()).isEqualTo(3);
      assertThat(verdict.evidence().withoutData()).isEqualTo(1);
    }

    @Test
    void withoutABaselineALimitStillFails() {
      assertThat(during(metric, Looks.none().add(3, new Reading.Counts(50.0, 100), NO_DATA)))
          .isInstanceOf(Verdict.Fail.class);
      assertThat(atEnd(metric, Looks.none().add(20, new Reading.Counts(0.0, 100), NO_DATA)))
          .isInstanceOf(Verdict.Inconclusive.class);
    }
  }

  @Nested
  class OverAHold {

    @Test
    void itIsUndecidedUntilTheEnd() {
      var metric = Metrics.ofCounts().max(0.01).named("error-rate");
      assertThat(during(metric, Looks.none())).isInstanceOf(Verdict.Undecided.class);
      var verdict = during(metric, Looks.none().counts(5, 0, 100));
      assertThat(verdict).isInstanceOf(Verdict.Undecided.class);
      assertThat(verdict.sentence())
          .isEqualTo("so far: error-rate 0 % (0 of 500), within the limit of 1 %");
    }

    @Test
    void aCanaryThatWasClearlyWorseStaysSo() {
      var metric = Metrics.ofCounts().max(0.01).named("error-rate");
      var looks = Looks.none().counts(2, 30, 100).counts(38, 0, 1000);
      for (int n = 1; n <= 40; n++) {
        var verdict = judge(metric, looks.list().subList(0, n), n >= 20);
        assertThat(verdict).isInstanceOf(Verdict.Fail.class);
        assertThat(verdict.evidence().findings().getFirst().lastLook()).isEqualTo(1);
      }
    }

    @Test
    void aMetricThatAsksNothingIsAMistake() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> atEnd(Metrics.ofCounts().named("idle"), Looks.none()))
          .withMessage("metric idle asks nothing: give it max, min or compare");
    }
  }
}
