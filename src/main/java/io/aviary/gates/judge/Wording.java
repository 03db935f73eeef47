package io.aviary.gates.judge;

import io.aviary.gates.judge.Finding.Answer;
import io.aviary.gates.judge.Finding.Group;
import io.aviary.gates.judge.Finding.Question;
import io.aviary.release.definition.MetricDefinition;
import io.aviary.release.definition.MetricDefinition.Compare;
import io.aviary.release.definition.MetricDefinition.Unit;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** How numbers and answers are put, the same in every country. */
final class Wording {

  private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private Wording() {}

  static double limitOf(MetricDefinition metric, Question question) {
    var limit = question == Question.ABOVE_MAX ? metric.max() : metric.min();
    if (limit == null) {
      throw new IllegalStateException(metric.name() + " has no limit for " + question);
    }
    return limit;
  }

  static String other(MetricDefinition metric) {
    return metric.compare() == Compare.PRODUCTION ? "production" : "the baseline";
  }

  static String value(double value, Unit unit) {
    return switch (unit) {
      case NONE -> number(value);
      case FRACTION -> percent(value);
      case SECONDS -> seconds(value);
      case BYTES -> bytes(value);
    };
  }

  static String percent(double fraction) {
    return number(fraction * 100) + " %";
  }

  private static String seconds(double value) {
    double size = Math.abs(value);
    if (size >= 0.9995 || size == 0) {
      return number(value) + " s";
    }
    return size >= 0.0009995 ? number(value * 1e3) + " ms" : number(value * 1e6) + " µs";
  }

  private static String bytes(double value) {
    int power = 0;
    double scaled = value;
    while (Math.abs(scaled) >= 1023.5 && power < BYTES.length - 1) {
      scaled /= 1024;
      power++;
    }
    return number(scaled) + " " + BYTES[power];
  }

  /** Three digits, all those before the point, and no trailing zeros. */
  private static String number(double value) {
    var exact = BigDecimal.valueOf(value);
    var rounded =
        Math.abs(value) >= 100
            ? exact.setScale(0, RoundingMode.HALF_EVEN)
            : exact.round(new MathContext(3));
    if (rounded.signum() == 0) {
      return "0";
    }
    double size = Math.abs(value);
    return size < 1e-4 || size >= 1e9
        ? exact.round(new MathContext(3)).stripTrailingZeros().toString()
        : rounded.stripTrailingZeros().toPlainString();
  }

  static String times(double ratio) {
    if (ratio >= 1000) {
      return "more than 1000 ×";
    }
    int digits = ratio < 2 ? 2 : ratio < 10 ? 1 : 0;
    return BigDecimal.valueOf(ratio).setScale(digits, RoundingMode.HALF_EVEN).toPlainString()
        + " ×";
  }

  static String looks(int from, int to) {
    return from == 0
        ? ""
        : from + 1 == to ? " in look " + to : " in looks %d to %d".formatted(from + 1, to);
  }

  static String limit(Answer answer, boolean max, String limit, double p) {
    var side = max ? "above" : "below";
    return switch (answer) {
      case WORSE -> "clearly %s the limit of %s, %s".formatted(side, limit, probability(p));
      case UNCLEAR -> "%s the limit of %s, but not clearly, %s".formatted(side, limit, exactly(p));
      case FINE, TOO_FEW -> "within the limit of " + limit;
    };
  }

  static String comparison(Answer answer, boolean higher, double tolerance, double p) {
    var allowed = "allowed %s%s".formatted(higher ? "+" : "−", percent(tolerance));
    return switch (answer) {
      case WORSE -> "%s, %s".formatted(probability(p), allowed);
      case UNCLEAR ->
          "%s, %s: looks %s than allowed, but not clearly"
              .formatted(exactly(p), allowed, higher ? "higher" : "lower");
      case FINE, TOO_FEW -> "%s: not clearly %s".formatted(allowed, higher ? "higher" : "lower");
    };
  }

  /** Why what cannot be chance is not clear: measurements that depend on each other prove less. */
  static String restless(Answer answer, double p, double level, double overdispersion) {
    return answer == Answer.UNCLEAR && p <= level && overdispersion > 1
        ? ", because each look remembers the one before (%s the variance)"
            .formatted(times(overdispersion))
        : "";
  }

  private static String probability(double p) {
    return p < 0.001 ? "p < 0.001" : exactly(p);
  }

  private static String exactly(double p) {
    return p < 1e-6
        ? "p < 0.000001"
        : "p = " + BigDecimal.valueOf(p).round(new MathContext(2)).toPlainString();
  }

  static Finding tooFew(
      Question question,
      int to,
      @Nullable Group canary,
      @Nullable Group other,
      double allowed,
      String sentence) {
    return new Finding(
        question,
        Answer.TOO_FEW,
        1,
        to,
        canary,
        other,
        allowed,
        null,
        null,
        null,
        1,
        null,
        null,
        sentence);
  }
}
