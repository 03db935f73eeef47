package io.aviary.release.masking;

import io.aviary.release.masking.Masking.Open;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds any of many texts in a long one, at a speed that hardly depends on how many they are: a
 * hash rolls over the text, and where it is that of a beginning, what begins so is compared.
 * Immutable.
 */
final class SecretPatterns {

  private static final int WINDOW = SecretForms.SHORTEST;
  private static final int FACTOR = 0x01000193;

  /** What the oldest character of a window has been multiplied with. */
  private static final int OLDEST = power(WINDOW - 1);

  /** An index of so many bits says quickly that a hash is none of a beginning. */
  private static final int BITS = 1 << 16;

  private final Map<Integer, List<String>> byBeginning = new HashMap<>();
  private final long[] maybe = new long[BITS / 64];
  private final int longest;

  /** Each at least {@link #WINDOW} characters long. */
  SecretPatterns(Collection<String> all) {
    longest = all.stream().mapToInt(String::length).max().orElse(0);
    for (var pattern : all) {
      var hash = hash(pattern);
      byBeginning.computeIfAbsent(hash, none -> new ArrayList<>()).add(pattern);
      maybe[bit(hash) >> 6] |= 1L << bit(hash);
    }
  }

  String mask(String text) {
    return byBeginning.isEmpty() ? text : masked(text, text.length());
  }

  Open maskOpen(String text) {
    if (byBeginning.isEmpty()) {
      return new Open(text, "");
    }
    var held = Math.max(0, text.length() - longest);
    while (held < text.length() && !isOpen(text, held)) {
      held++;
    }
    // A secret that ends behind the place where another may begin is told once both are known.
    for (var span : spans(text, text.length())) {
      if (span.from() < held && span.to() > held) {
        held = span.from();
      }
    }
    return new Open(masked(text.substring(0, held), held), text.substring(held));
  }

  /** Whether the text from here to its end is the beginning of a pattern that is longer. */
  private boolean isOpen(String text, int at) {
    var left = text.length() - at;
    if (left < WINDOW) {
      return byBeginning.values().stream()
          .flatMap(List::stream)
          .anyMatch(pattern -> pattern.regionMatches(0, text, at, left));
    }
    var hash = hash(text, at);
    return mayBegin(hash)
        && byBeginning.getOrDefault(hash, List.of()).stream()
            .anyMatch(
                pattern -> pattern.length() > left && pattern.regionMatches(0, text, at, left));
  }

  private record Span(int from, int to) {}

  private String masked(String text, int end) {
    var spans = spans(text, end);
    if (spans.isEmpty()) {
      return text;
    }
    var shown = new StringBuilder(text.length());
    var from = 0;
    for (var span : spans) {
      shown.append(text, from, span.from()).append(Masking.MASK);
      from = span.to();
    }
    return shown.append(text, from, end).toString();
  }

  /** Where secrets are; those that overlap are one. */
  private List<Span> spans(String text, int end) {
    var spans = new ArrayList<Span>();
    if (end < WINDOW) {
      return spans;
    }
    var hash = hash(text, 0);
    for (var at = 0; ; at++) {
      if (mayBegin(hash)) {
        var to = at + longestAt(text, at, hash);
        if (to > at) {
          var last = spans.isEmpty() ? null : spans.getLast();
          if (last != null && at < last.to()) {
            spans.set(spans.size() - 1, new Span(last.from(), Math.max(last.to(), to)));
          } else {
            spans.add(new Span(at, to));
          }
        }
      }
      if (at + WINDOW >= end) {
        return spans;
      }
      hash = (hash - text.charAt(at) * OLDEST) * FACTOR + text.charAt(at + WINDOW);
    }
  }

  private int longestAt(String text, int at, int hash) {
    var longest = 0;
    for (var pattern : byBeginning.getOrDefault(hash, List.of())) {
      if (pattern.length() > longest && text.startsWith(pattern, at)) {
        longest = pattern.length();
      }
    }
    return longest;
  }

  private boolean mayBegin(int hash) {
    return (maybe[bit(hash) >> 6] & (1L << bit(hash))) != 0;
  }

  private static int bit(int hash) {
    return (hash ^ (hash >>> 16)) & (BITS - 1);
  }

  private static int hash(String text) {
    return hash(text, 0);
  }

  private static int hash(String text, int at) {
    var hash = 0;
    for (var i = at; i < at + WINDOW; i++) {
      hash = hash * FACTOR + text.charAt(i);
    }
    return hash;
  }

  private static int power(int exponent) {
    var power = 1;
    for (var i = 0; i < exponent; i++) {
      power *= FACTOR;
    }
    return power;
  }
}
