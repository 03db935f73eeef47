package io.aviary.traffic;

import io.aviary.kubernetes.Names;
import io.aviary.traffic.RouteMemory.RuleMemory;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * An HTTPRoute in which one canary shares the requests of one production Service: reads and changes
 * the weights of its rules, in place. Knows no cluster.
 *
 * <p>What the weights were before is remembered in an annotation of the route itself, written
 * together with them, so that whoever comes next can restore them. Only rules that have
 * production's Service among their backends are looked at (one that takes people with a certain
 * header to the canary is not), and of other backends only the weight is touched, to keep their
 * proportion.
 */
final class SharedRoute {

  private final Map<String, Object> content;
  private final String canary;
  private final String annotation;
  private final List<RouteRule> rules = new ArrayList<>();
  private final List<String> byOthers = new ArrayList<>();
  private @Nullable RouteMemory memory;

  /**
   * @param content the route, to be changed
   * @param production name of the Service whose requests are shared
   * @param canary name of the canary's Service
   */
  SharedRoute(Map<String, Object> content, String namespace, String production, String canary) {
    this.content = content;
    this.canary = canary;
    this.annotation = "aviary.io/" + Names.label("split." + canary);
    this.memory = RouteMemory.read(Fields.annotation(content, annotation));
    var all = Fields.maps(content, "spec", "rules");
    for (var i = 0; i < all.size(); i++) {
      var rule = new RouteRule(i, all.get(i), namespace, production, canary);
      if (rule.hasProduction()) {
        rules.add(rule);
      }
    }
  }

  /** Whether any request gets to production by this route. */
  boolean servesProduction() {
    return rules.stream().anyMatch(RouteRule::isShared);
  }

  /** Whether the canary is among the backends wherever production is, if only with weight 0. */
  boolean isPrepared() {
    return rules.stream()
        .filter(RouteRule::isShared)
        .allMatch(rule -> rule.hasCanary() && known(rule) != null);
  }

  /** The canary's share now, in per cent; of several rules the largest. */
  double share() {
    return rules.stream().mapToDouble(RouteRule::share).max().orElse(0);
  }

  /** {@code weight 1 of 10}, of the rule with the largest share. */
  String words() {
    return rules.stream()
        .max(Comparator.comparingDouble(RouteRule::share))
        .map(RouteRule::shareWords)
        .orElse("no weight");
  }

  /** Whether there is anything of ours in the route, or a share of the canary. */
  boolean isTouched() {
    return memory != null || share() > 0;
  }

  /** Whether the canary's backends are out, and only the memory of them is left. */
  boolean isRestored() {
    return memory != null && memory.rules().isEmpty();
  }

  /** Whether any weight or backend has been changed through this object. */
  boolean isChanged() {
    return rules.stream().anyMatch(RouteRule::isChanged);
  }

  /** What others have done to our weights since we wrote them, in words; known after a change. */
  List<String> byOthers() {
    return byOthers;
  }

  /**
   * Puts the canary among the backends, with weight 0, where it is missing.
   *
   * @param port of the canary's Service for one of production's; null: it has none that fits
   * @return what stands against it, and the content is not to be used; empty: done
   */
  Optional<String> prepare(IntFunction<@Nullable Integer> port) {
    List<RuleMemory> written = new ArrayList<>();
    for (var rule : rules) {
      if (!rule.isShared()) {
        continue;
      }
      var known = known(rule);
      if (rule.hasCanary()) {
        written.add(
            known != null
                ? known
                : new RuleMemory(rule.index(), rule.weights(), 1, rule.canaryWeight(), true));
        continue;
      }
      if (known != null) {
        byOthers.add("the canary's backend was taken out of " + rule.words());
      }
      var fitting = port.apply(rule.productionPort());
      if (fitting == null) {
        return Optional.of(
            "the Service "
                + canary
                + " is missing, or it has neither port "
                + rule.productionPort()
                + ", as production's has, nor exactly one other; give it that port");
      }
      rule.addCanary(fitting);
      written.add(new RuleMemory(rule.index(), rule.weights(), 1, 0, false));
    }
    remember(written, null);
    return Optional.empty();
  }

  /**
   * Gives the canary a share wherever it is among the backends. Weights of production and the
   * canary that others have changed are put back; what others did to other backends is taken over.
   *
   * @return what stands against it, and the content is not to be used; empty: done
   */
  Optional<String> set(double percent) {
    List<RuleMemory> written = new ArrayList<>();
    for (var rule : rules) {
      if (!rule.hasCanary()) {
        continue;
      }
      var known = known(rule);
      var base = base(rule, known);
      if (base.values().stream().allMatch(weight -> weight == 0)) {
        // A rule without any weight answers 500.
        base.replaceAll((key, weight) -> rule.isProduction(key) ? 1 : 0);
      }
      var weights =
          isProductionIn(rule, base)
              ? Weights.of(List.copyOf(base.values()), percent).orElse(null)
              : Weights.NONE;
      if (weights == null) {
        return Optional.of(
            "no weights up to 1000000 make "
                + Percent.words(percent)
                + " % of those in "
                + rule.words()
                + "; divide them all by the same number");
      }
      if (weights.factor() == 0 && isOtherIn(rule, base)) {
        return Optional.of(
            rule.words()
                + " has other backends, too, whose part cannot be the canary's; ask for less than"
                + " 100 %");
      }
      rule.put(base, weights.factor());
      rule.putCanary(weights.canary());
      written.add(
          new RuleMemory(
              rule.index(),
              base,
              weights.factor(),
              weights.canary(),
              known != null && known.declared()));
    }
    remember(written, isChanged() || memory == null ? null : memory.acceptedAt());
    return Optional.empty();
  }

  /** Takes the canary out of the backends and gives the others their first weights back. */
  void restore() {
    for (var rule : rules) {
      var known = known(rule);
      if (known != null && known.holds(rule)) {
        rule.put(known.originals(), 1);
      }
      if (known != null && known.declared()) {
        rule.putCanary(0);
      } else {
        rule.removeCanary();
      }
    }
    remember(List.of(), null);
  }

  /** Takes the memory out, which no controller looks at. */
  void forget() {
    memory = null;
    Fields.annotate(content, annotation, null);
  }

  @Nullable Instant acceptedAt() {
    return memory == null || memory.acceptedAt() == null
        ? null
        : Instant.ofEpochMilli(memory.acceptedAt());
  }

  void acceptedAt(Instant at) {
    remember(memory == null ? List.of() : memory.rules(), at.toEpochMilli());
  }

  // ----

  private @Nullable RuleMemory known(RouteRule rule) {
    return memory == null ? null : memory.of(rule);
  }

  private void remember(List<RuleMemory> written, @Nullable Long acceptedAt) {
    memory = new RouteMemory(List.copyOf(written), acceptedAt);
    Fields.annotate(content, annotation, memory.text());
  }

  /**
   * The weights from which shares are made: what the backends had before us. What others have done
   * since to backends other than production's is theirs to decide; they saw the weights as we wrote
   * them, so those are then what counts.
   */
  private Map<String, Integer> base(RouteRule rule, @Nullable RuleMemory known) {
    var weights = rule.weights();
    if (known == null) {
      return weights;
    }
    compare(canary, rule, known.canary(), rule.canaryWeight());
    var theirs = !weights.keySet().equals(known.originals().keySet());
    if (theirs) {
      byOthers.add("the backends of " + rule.words() + " are others than before");
    }
    Map<String, Integer> asWritten = new LinkedHashMap<>();
    for (var entry : weights.entrySet()) {
      var key = entry.getKey();
      if (!known.originals().containsKey(key)) {
        asWritten.put(key, entry.getValue());
        continue;
      }
      compare(rule.name(key), rule, known.written(key), entry.getValue());
      if (rule.isProduction(key)) {
        asWritten.put(key, known.originals().getOrDefault(key, 1) * Math.max(1, known.factor()));
      } else {
        theirs |= entry.getValue() != known.written(key);
        asWritten.put(key, entry.getValue());
      }
    }
    return theirs ? reduced(asWritten) : new LinkedHashMap<>(known.originals());
  }

  private void compare(String name, RouteRule rule, int written, int now) {
    if (written != now) {
      byOthers.add(
          "the weight of "
              + name
              + " in "
              + rule.words()
              + " was changed from "
              + written
              + " to "
              + now);
    }
  }

  private static Map<String, Integer> reduced(Map<String, Integer> weights) {
    var divisor =
        weights.values().stream()
            .map(BigInteger::valueOf)
            .reduce(BigInteger.ZERO, BigInteger::gcd)
            .intValue();
    if (divisor > 1) {
      weights.replaceAll((key, weight) -> weight / divisor);
    }
    return weights;
  }

  private static boolean isProductionIn(RouteRule rule, Map<String, Integer> base) {
    return base.entrySet().stream()
        .anyMatch(entry -> entry.getValue() > 0 && rule.isProduction(entry.getKey()));
  }

  private static boolean isOtherIn(RouteRule rule, Map<String, Integer> base) {
    return base.entrySet().stream()
        .anyMatch(entry -> entry.getValue() > 0 && !rule.isProduction(entry.getKey()));
  }
}
