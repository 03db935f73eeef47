package io.aviary.source;

import io.aviary.release.definition.MetricDefinition.Unit;
import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A limit of a metric: {@code 1%} is 0.01, {@code 500ms} is 0.5 s, {@code 64KiB} is 65536 B.
 *
 * @param value in base units
 */
record Amount(double value, Unit unit) {

  static final String EXAMPLES = "a number, alone or with a unit: 1%, 500ms, 2s, 64KiB, 5MB";

  private static final Pattern NUMBER_AND_UNIT =
      Pattern.compile(
          "([-+]?(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?) ?([A-Za-zµ%]*)");

  private record Scale(String factor, Unit unit) {}

  private static final Map<String, Scale> SCALES =
      Map.ofEntries(
          Map.entry("", new Scale("1", Unit.NONE)),
          Map.entry("%", new Scale("0.01", Unit.FRACTION)),
          Map.entry("ns", new Scale("0.000000001", Unit.SECONDS)),
          Map.entry("us", new Scale("0.000001", Unit.SECONDS)),
          Map.entry("µs", new Scale("0.000001", Unit.SECONDS)),
          Map.entry("ms", new Scale("0.001", Unit.SECONDS)),
          Map.entry("s", new Scale("1", Unit.SECONDS)),
          Map.entry("B", new Scale("1", Unit.BYTES)),
          Map.entry("kB", new Scale("1000", Unit.BYTES)),
          Map.entry("MB", new Scale("1000000", Unit.BYTES)),
          Map.entry("GB", new Scale("1000000000", Unit.BYTES)),
          Map.entry("TB", new Scale("1000000000000", Unit.BYTES)),
          Map.entry("KiB", new Scale("1024", Unit.BYTES)),
          Map.entry("MiB", new Scale("1048576", Unit.BYTES)),
          Map.entry("GiB", new Scale("1073741824", Unit.BYTES)),
          Map.entry("TiB", new Scale("1099511627776", Unit.BYTES)));

  /** Null: that is no number, or no unit that is known. */
  static @Nullable Amount parse(String text) {
    var match = NUMBER_AND_UNIT.matcher(text);
    if (!match.matches()) {
      return null;
    }
    var scale = SCALES.get(match.group(2));
    if (scale == null) {
      return null;
    }
    // Decimal, so that 0.1% is 0.001 and not next to it.
    var value = new BigDecimal(match.group(1)).multiply(new BigDecimal(scale.factor()));
    return new Amount(value.doubleValue(), scale.unit());
  }
}
