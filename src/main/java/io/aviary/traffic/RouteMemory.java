package io.aviary.traffic;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an annotation of a route says of the weights that were written last, and of those before.
 *
 * @param rules empty: the canary's backends have been taken out, and no controller has been seen to
 *     know it yet
 * @param acceptedAt milliseconds since 1970; when the present weights were first seen to be
 *     accepted; null: not yet
 */
record RouteMemory(List<RuleMemory> rules, @Nullable Long acceptedAt) {

  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * What is known of one rule.
   *
   * @param index among the route's rules
   * @param originals weights by backend
   * @param factor by which they are multiplied now
   * @param canary the canary's weight now
   * @param declared the canary's backend was there before, so it stays, with weight 0
   */
  record RuleMemory(
      int index, Map<String, Integer> originals, int factor, int canary, boolean declared) {

    /** The weight that a backend was given. */
    int written(String backend) {
      return originals.getOrDefault(backend, 0) * factor;
    }

    /** Whether nobody has changed the other backends since. */
    boolean holds(RouteRule rule) {
      return rule.weights().keySet().equals(originals.keySet())
          && rule.weights().entrySet().stream()
              .allMatch(entry -> entry.getValue() == written(entry.getKey()));
    }
  }

  /** Null: there is none, or it has been changed by hand beyond use. */
  static @Nullable RouteMemory read(@Nullable String text) {
    try {
      return text == null ? null : JSON.readValue(text, RouteMemory.class);
    } catch (JacksonException e) {
      return null;
    }
  }

  String text() {
    return JSON.writeValueAsString(this);
  }

  /** What is remembered of a rule, also if others moved it or changed its backends since. */
  @Nullable RuleMemory of(RouteRule rule) {
    RuleMemory best = null;
    for (var known : rules) {
      var same = known.originals().keySet().equals(rule.weights().keySet());
      if (same && known.index() == rule.index()) {
        return known;
      }
      if (same || (best == null && known.index() == rule.index())) {
        best = known;
      }
    }
    return best;
  }
}
