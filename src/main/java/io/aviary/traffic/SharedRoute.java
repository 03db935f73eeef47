package io.aviary.traffic;

import io.aviary.kubernetes.Names;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * An HTTPRoute in which one canary shares the requests of one production Service: reads and changes
 * the weights of its rules, in place. Knows no cluster.
 *
 * <p>What the weights were before is remembered in an annotation of the route itself, written
 * together with them, so that whoever comes next can restore them. Only backends and weights of
 * rules with production's Service are touched, and of other backends only the weight, to keep their
 * proportion.
 */
final class SharedRoute {

  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * What the annotation holds.
   *
   * @param rules empty: the canary's backends have been taken out, and no controller has been seen
   *     to know it yet
   * @param acceptedAt milliseconds since 1970; when the present weights were first seen to be
   *     accepted; null: not yet
   */
  private record Memory(List<RuleMemory> rules, @Nullable Long acceptedAt) {}

  /**
   * What is known of one rule.
   *
   * @param index among the route's rules
   * @param originals weights by backend
   * @param factor by which they are multiplied now
   * @param canary the canary's weight now
   * @param declared the canary's backend was there before, so it stays, with weight 0
   */
  private record RuleMemory(
      int index, Map<String, Integer> originals, int factor, int canary, boolean declared) {

    boolean isWhatWasWritten(Map<String, Map<String, Object>> backends) {
      return backends.keySet().equals(originals.keySet())
          && backends.entrySet().stream()
              .allMatch(entry -> weight(entry.getValue()) == written(entry.getKey()));
    }

    int written(String backend) {
      return originals.getOrDefault(backend, 0) * factor;
    }
  }

  /**
   * One rule that sends requests to production.
   *
   * @param refs all of its backends, to be changed
   * @param backends those that are not the canary's, by a key
   * @param canary null: not among them
   */
  private record Rule(
      int index,
      List<Map<String, Object>> refs,
      Map<String, Map<String, Object>> backends,
      @Nullable Map<String, Object> canary) {}

  private final Map<String, Object> content;
  private final String namespace;
  private final String production;
  private final String canary;
  private final String annotation;
  private final List<Rule> rules = new ArrayList<>();
  private final List<String> byOthers = new ArrayList<>();
  private @Nullable Memory memory;
  private boolean changed;

  /**
   * @param content the route, to be changed
   * @param production name of the Service whose requests are shared
   * @param canary name of the canary's Service
   */
  SharedRoute(Map<String, Object> content, String namespace, String production, String canary) {
    this.content = content;
    this.namespace = namespace;
    this.production = production;
    this.canary = canary;
    this.annotation = "aviary.io/" + Names.label("split." + canary);
    this.memory = read(Fields.annotation(content, annotation));
    var all = Fields.maps(content, "spec", "rules");
    for (var i = 0; i < all.size(); i++) {
      var refs = refs(all.get(i));
      var rule = rule(i, refs);
      if (rule.canary() != null || !productionOf(rule).isEmpty()) {
        rules.add(rule);
      }
    }
  }

  /** Whether any request gets to production by this route. */
  boolean servesProduction() {
    return rules.stream().anyMatch(this::isShared);
  }

  /** Whether the canary is among the backends wherever production is, if only with weight 0. */
  boolean isPrepared() {
    return memory != null
        && rules.stream()
            .filter(this::isShared)
            .allMatch(rule -> rule.canary() != null && memory(rule) != null);
  }

  /** The canary's share now, in per cent; of several rules the largest. */
  double share() {
    return rules.stream()
        .filter(rule -> rule.canary() != null)
        .mapToDouble(rule -> share(rule))
        .max()
        .orElse(0);
  }

  /** {@code weight 1 of 10}, of the rule with the largest share. */
  String words() {
    return rules.stream()
        .filter(rule -> rule.canary() != null)
        .max((one, other) -> Double.compare(share(one), share(other)))
        .map(rule -> "weight " + canaryWeight(rule) + " of " + (canaryWeight(rule) + others(rule)))
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
    return changed;
  }

  /** What others have done to our weights since we wrote them, in words; known after a change. */
  List<String> byOthers() {
    return byOthers;
  }

  /**
   * Puts the canary among the backends, with weight 0, where it is missing.
   *
   * @param port of the canary's Service for one of production's; null: it has none that fits
   * @return what stands against it; empty: done
   */
  Optional<String> prepare(IntFunction<@Nullable Integer> port) {
    List<RuleMemory> written = new ArrayList<>();
    for (var rule : rules) {
      var known = memory(rule);
      if (!isShared(rule)) {
        continue;
      }
      if (rule.canary() != null && known != null) {
        written.add(known);
        continue;
      }
      if (rule.canary() == null) {
        if (known != null) {
          byOthers.add("the canary's backend was taken out of rule " + (rule.index() + 1));
        }
        var like = productionOf(rule).getFirst();
        var fitting = port.apply(Fields.number(like.get("port"), 0));
        if (fitting == null) {
          return Optional.of(
              "the Service "
                  + canary
                  + " has no port "
                  + like.get("port")
                  + ", as production's has, and not exactly one other; give it that port");
        }
        rule.refs().add(backend(like, fitting));
        changed = true;
      }
      written.add(
          new RuleMemory(
              rule.index(),
              weights(rule.backends()),
              1,
              rule.canary() == null ? 0 : canaryWeight(rule),
              rule.canary() != null));
    }
    remember(written, null);
    return Optional.empty();
  }

  /**
   * Gives the canary a share wherever it is among the backends. Weights of production and the
   * canary that others have changed are put back; what others did to other backends is taken over.
   *
   * @return what stands against it; empty: done
   */
  Optional<String> set(double percent) {
    List<RuleMemory> written = new ArrayList<>();
    for (var rule : rules) {
      if (rule.canary() == null) {
        continue;
      }
      var known = memory(rule);
      var base = base(rule, known);
      if (sum(base) == 0) {
        // A rule without any weight answers 500.
        base.replaceAll((key, weight) -> isProduction(rule, key) ? 1 : 0);
      }
      var weights =
          sumOfProduction(rule, base) == 0
              ? Optional.of(Weights.NONE)
              : Weights.of(List.copyOf(base.values()), percent);
      if (weights.isEmpty()) {
        return Optional.of(
            "no weights up to 1000000 make "
                + Percent.words(percent)
                + " % of those in rule "
                + (rule.index() + 1)
                + "; divide them all by the same number");
      }
      if (weights.get().factor() == 0 && sum(base) > sumOfProduction(rule, base)) {
        return Optional.of(
            "rule "
                + (rule.index() + 1)
                + " has other backends, too, whose part cannot be the canary's; ask for less than 100 %");
      }
      rule.backends()
          .forEach((key, ref) -> put(ref, base.getOrDefault(key, 0) * weights.get().factor()));
      put(rule.canary(), weights.get().canary());
      written.add(
          new RuleMemory(
              rule.index(),
              base,
              weights.get().factor(),
              weights.get().canary(),
              known != null && known.declared()));
    }
    remember(written, changed || memory == null ? null : memory.acceptedAt());
    return Optional.empty();
  }

  /** Takes the canary out of the backends and gives the others their first weights back. */
  void restore() {
    for (var rule : rules) {
      var known = memory(rule);
      if (known != null && known.isWhatWasWritten(rule.backends())) {
        rule.backends().forEach((key, ref) -> put(ref, known.originals().getOrDefault(key, 1)));
      }
      if (rule.canary() != null && known != null && known.declared()) {
        put(rule.canary(), 0);
      } else if (rule.canary() != null) {
        rule.refs().removeIf(this::isCanary);
        changed = true;
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

  // ---- memory

  private static @Nullable Memory read(@Nullable String text) {
    try {
      return text == null ? null : JSON.readValue(text, Memory.class);
    } catch (JacksonException e) {
      return null; // changed by hand: as if there were none
    }
  }

  private void remember(List<RuleMemory> written, @Nullable Long acceptedAt) {
    memory = new Memory(List.copyOf(written), acceptedAt);
    Fields.annotate(content, annotation, JSON.writeValueAsString(memory));
  }

  /** What is remembered of a rule, also if others moved it or changed its backends since. */
  private @Nullable RuleMemory memory(Rule rule) {
    if (memory == null) {
      return null;
    }
    RuleMemory best = null;
    for (var known : memory.rules()) {
      var same = known.originals().keySet().equals(rule.backends().keySet());
      if (same && known.index() == rule.index()) {
        return known;
      }
      if (same || (best == null && known.index() == rule.index())) {
        best = known;
      }
    }
    return best;
  }

  /**
   * The weights from which shares are made: what the backends had before us. What others have done
   * since to backends other than production's is theirs to decide; they saw the weights as we wrote
   * them, so those are then what counts.
   */
  private Map<String, Integer> base(Rule rule, @Nullable RuleMemory known) {
    if (known == null || rule.canary() == null) {
      return weights(rule.backends());
    }
    var where = " in rule " + (rule.index() + 1) + " was changed from ";
    if (canaryWeight(rule) != known.canary()) {
      byOthers.add(
          "the weight of " + canary + where + known.canary() + " to " + canaryWeight(rule));
    }
    var theirs = !rule.backends().keySet().equals(known.originals().keySet());
    if (theirs) {
      byOthers.add("the backends of rule " + (rule.index() + 1) + " are others than before");
    }
    Map<String, Integer> asWritten = new LinkedHashMap<>();
    for (var entry : rule.backends().entrySet()) {
      var key = entry.getKey();
      var now = weight(entry.getValue());
      var isOurs = isProduction(entry.getValue()) && known.originals().containsKey(key);
      if (now != known.written(key) && known.originals().containsKey(key)) {
        byOthers.add(
            "the weight of "
                + entry.getValue().get("name")
                + where
                + known.written(key)
                + " to "
                + now);
        theirs |= !isOurs;
      }
      asWritten.put(
          key, isOurs ? known.originals().getOrDefault(key, 1) * Math.max(1, known.factor()) : now);
    }
    return theirs ? reduced(asWritten) : new LinkedHashMap<>(known.originals());
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

  // ---- rules and backends

  private Rule rule(int index, List<Map<String, Object>> refs) {
    Map<String, Map<String, Object>> backends = new LinkedHashMap<>();
    Map<String, Integer> seen = new HashMap<>();
    Map<String, Object> found = null;
    for (var ref : refs) {
      if (isCanary(ref)) {
        found = ref;
        continue;
      }
      var key =
          ref.getOrDefault("kind", "Service")
              + "/"
              + ref.getOrDefault("namespace", namespace)
              + "/"
              + ref.get("name")
              + ":"
              + ref.getOrDefault("port", "");
      var number = seen.merge(key, 1, Integer::sum);
      backends.put(number == 1 ? key : key + "#" + number, ref);
    }
    return new Rule(index, refs, backends, found);
  }

  @SuppressWarnings("unchecked") // a list of objects, by the schema of the API
  private static List<Map<String, Object>> refs(Map<String, Object> rule) {
    return rule.get("backendRefs") instanceof List<?> list
        ? (List<Map<String, Object>>) list
        : new ArrayList<>();
  }

  /** A copy of production's, so that filters of that backend hold for the canary, too. */
  private Map<String, Object> backend(Map<String, Object> production, int port) {
    Map<String, Object> backend = new LinkedHashMap<>(production);
    backend.put("name", canary);
    backend.put("port", port);
    backend.put("weight", 0);
    return backend;
  }

  private boolean isShared(Rule rule) {
    return productionOf(rule).stream().anyMatch(ref -> weight(ref) > 0)
        || (rule.canary() != null && !productionOf(rule).isEmpty() && canaryWeight(rule) > 0);
  }

  private List<Map<String, Object>> productionOf(Rule rule) {
    return rule.backends().values().stream().filter(this::isProduction).toList();
  }

  private boolean isProduction(Map<String, Object> ref) {
    return isService(ref, production);
  }

  private boolean isCanary(Map<String, Object> ref) {
    return isService(ref, canary);
  }

  private boolean isService(Map<String, Object> ref, String name) {
    return name.equals(ref.get("name"))
        && "Service".equals(ref.getOrDefault("kind", "Service"))
        && "".equals(ref.getOrDefault("group", ""))
        && namespace.equals(ref.getOrDefault("namespace", namespace));
  }

  private boolean isProduction(Rule rule, String backend) {
    var ref = rule.backends().get(backend);
    return ref != null && isProduction(ref);
  }

  private int sumOfProduction(Rule rule, Map<String, Integer> base) {
    return base.entrySet().stream()
        .filter(entry -> isProduction(rule, entry.getKey()))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  private static double share(Rule rule) {
    var canary = canaryWeight(rule);
    return canary == 0 ? 0 : Percent.share(canary, others(rule));
  }

  private static int canaryWeight(Rule rule) {
    return rule.canary() == null ? 0 : weight(rule.canary());
  }

  private static int others(Rule rule) {
    return sum(weights(rule.backends()));
  }

  private static Map<String, Integer> weights(Map<String, Map<String, Object>> backends) {
    Map<String, Integer> weights = new LinkedHashMap<>();
    backends.forEach((key, ref) -> weights.put(key, weight(ref)));
    return weights;
  }

  private static int sum(Map<String, Integer> weights) {
    return weights.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** What is not said is 1. */
  private static int weight(Map<String, Object> ref) {
    return Fields.number(ref.get("weight"), 1);
  }

  private void put(Map<String, Object> ref, int weight) {
    if (!ref.containsKey("weight") || weight(ref) != weight) {
      ref.put("weight", weight);
      changed = true;
    }
  }
}
