package io.aviary.gates.judge;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks as a gate records them, 30 s apart. */
final class Looks {

  static final Instant START = Instant.parse("2026-08-01T12:00:00Z");

  private final List<Look> looks = new ArrayList<>();

  static Looks none() {
    return new Looks();
  }

  Looks add(int times, Reading canary, @Nullable Reading other) {
    for (int i = 0; i < times; i++) {
      looks.add(new Look(START.plusSeconds(30L * (looks.size() + 1)), canary, other));
    }
    return this;
  }

  Looks counts(int times, double bad, double all) {
    return add(times, new Reading.Counts(bad, all), null);
  }

  Looks counts(int times, double bad, double all, double otherBad, double otherAll) {
    return add(times, new Reading.Counts(bad, all), new Reading.Counts(otherBad, otherAll));
  }

  Looks values(double... values) {
    for (double value : values) {
      add(1, Reading.Values.of(value), null);
    }
    return this;
  }

  /** Values with a spread of ±5 % that is no two times the same but always the same. */
  Looks values(int times, double canary, double other) {
    for (int i = 0; i < times; i++) {
      add(
          1,
          Reading.Values.of(canary * (1 + spread(looks.size()))),
          Reading.Values.of(other * (1 + spread(looks.size() + 7))));
    }
    return this;
  }

  private static double spread(int i) {
    return (i * 37 % 101 / 100.0 - 0.5) / 10;
  }

  List<Look> list() {
    return List.copyOf(looks);
  }
}
