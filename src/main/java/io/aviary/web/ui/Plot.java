package io.aviary.web.ui;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Lines over time, in a square of 100 × 100 that is stretched to its place. Its frame is as large
 * without any value, so that nothing moves when the first one comes.
 *
 * @param lines drawn in this order
 * @param marks heights of limits
 */
record Plot(
    String top,
    String bottom,
    @Nullable Instant from,
    @Nullable Instant to,
    List<Line> lines,
    List<Mark> marks) {

  /**
   * A line.
   *
   * @param style canary, other, asked or share
   * @param pieces points for polylines; a gap where nothing was measured
   */
  record Line(String name, String style, List<String> pieces) {}

  /** A level line, e.g. a limit. */
  record Mark(String name, String y) {}

  /** A value at a moment; null: there was none. */
  record Value(Instant at, @Nullable Double value) {}

  /** A line to be drawn. */
  record Values(String name, String style, List<Value> values) {}

  /** A level to be marked. */
  record Level(String name, double value) {}

  /** How a number is written at the axis. */
  interface Shown {
    String of(double value);
  }

  /** More cannot be told apart on a screen. */
  private static final int MOST = 400;

  static Plot of(
      List<Values> lines,
      List<Level> levels,
      @Nullable Instant begin,
      @Nullable Instant end,
      Shown shown) {
    var all = lines.stream().flatMap(line -> line.values().stream()).toList();
    var from = begin != null || all.isEmpty() ? begin : all.getFirst().at();
    for (var value : all) {
      from = from == null || value.at().isBefore(from) ? value.at() : from;
    }
    var to = end;
    for (var value : all) {
      to = to == null || value.at().isAfter(to) ? value.at() : to;
    }
    var high = 0.0;
    for (var value : all) {
      high = value.value() == null ? high : Math.max(high, value.value());
    }
    for (var level : levels) {
      high = Math.max(high, level.value());
    }
    var top = high == 0 ? 1 : high * 1.08;
    var bottom = Math.min(0, lowest(all));
    var drawn = new ArrayList<Line>();
    for (var line : lines) {
      drawn.add(new Line(line.name(), line.style(), pieces(line.values(), from, to, bottom, top)));
    }
    return new Plot(
        high == 0 ? "" : shown.of(top),
        shown.of(bottom),
        from,
        to,
        drawn,
        levels.stream()
            .map(level -> new Mark(level.name(), number(y(level.value(), bottom, top))))
            .toList());
  }

  private static double lowest(List<Value> values) {
    var low = 0.0;
    for (var value : values) {
      low = value.value() == null ? low : Math.min(low, value.value());
    }
    return low;
  }

  public boolean isEmpty() {
    return lines.stream().allMatch(line -> line.pieces().isEmpty());
  }

  private static List<String> pieces(
      List<Value> values, @Nullable Instant from, @Nullable Instant to, double bottom, double top) {
    var pieces = new ArrayList<String>();
    if (from == null || to == null) {
      return pieces;
    }
    var whole = Math.max(1, Duration.between(from, to).toMillis());
    var stride = Math.max(1, (values.size() + MOST - 1) / MOST);
    var piece = new StringBuilder();
    for (var i = 0; i < values.size(); i += stride) {
      var value = mostExtreme(values.subList(i, Math.min(values.size(), i + stride)));
      if (value.value() == null) {
        if (!piece.isEmpty()) {
          pieces.add(piece.toString());
        }
        piece = new StringBuilder();
        continue;
      }
      var x = 100.0 * Duration.between(from, value.at()).toMillis() / whole;
      piece
          .append(piece.isEmpty() ? "" : " ")
          .append(number(x))
          .append(',')
          .append(number(y(value.value(), bottom, top)));
    }
    if (!piece.isEmpty()) {
      pieces.add(piece.toString());
    }
    // A single point is a short line.
    return pieces.stream().map(it -> it.contains(" ") ? it : it + " " + shifted(it)).toList();
  }

  private static String shifted(String point) {
    var x = Double.parseDouble(point.substring(0, point.indexOf(',')));
    return number(x + 0.6) + point.substring(point.indexOf(','));
  }

  /** Of several that fall together the highest is shown: a spike must not vanish. */
  private static Value mostExtreme(List<Value> some) {
    var most = some.getFirst();
    for (var value : some) {
      if (value.value() != null && (most.value() == null || value.value() > most.value())) {
        most = value;
      }
    }
    return most;
  }

  private static double y(double value, double bottom, double top) {
    return Math.clamp(100 - 100 * (value - bottom) / (top - bottom), 0, 100);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
