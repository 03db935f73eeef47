package io.aviary.traffic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One rule of an HTTPRoute: the canary's backend and the others, each known by a key. Changes the
 * rule in place.
 */
final class RouteRule {

  private final int index;
  private final String namespace;
  private final String production;
  private final String canaryName;
  private final List<Map<String, Object>> refs;
  private final Map<String, Map<String, Object>> others = new LinkedHashMap<>();
  private @Nullable Map<String, Object> canary;
  private boolean changed;

  RouteRule(
      int index, Map<String, Object> rule, String namespace, String production, String canary) {
    this.index = index;
    this.namespace = namespace;
    this.production = production;
    this.canaryName = canary;
    this.refs = refs(rule);
    Map<String, Integer> seen = new HashMap<>();
    for (var ref : refs) {
      if (isService(ref, canary)) {
        this.canary = ref;
      } else {
        var number = seen.merge(key(ref), 1, Integer::sum);
        others.put(number == 1 ? key(ref) : key(ref) + "#" + number, ref);
      }
    }
  }

  /** Its place among the route's rules, from 0. */
  int index() {
    return index;
  }

  /** As people count them: {@code rule 1}. */
  String words() {
    return "rule " + (index + 1);
  }

  boolean isChanged() {
    return changed;
  }

  boolean hasCanary() {
    return canary != null;
  }

  /** Whether production is among the backends, be it with weight 0. */
  boolean hasProduction() {
    return others.keySet().stream().anyMatch(this::isProduction);
  }

  /** Whether requests that get here go to production, or would without the canary. */
  boolean isShared() {
    return weights().entrySet().stream()
            .anyMatch(entry -> entry.getValue() > 0 && isProduction(entry.getKey()))
        || (hasProduction() && canaryWeight() > 0);
  }

  int canaryWeight() {
    return canary == null ? 0 : weight(canary);
  }

  /** The canary's share of the rule, in per cent. */
  double share() {
    var weight = canaryWeight();
    return weight == 0 ? 0 : Percent.share(weight, sum());
  }

  /** {@code weight 1 of 10} */
  String shareWords() {
    return "weight " + canaryWeight() + " of " + (canaryWeight() + sum());
  }

  /** Of all backends but the canary's, in their order. */
  Map<String, Integer> weights() {
    Map<String, Integer> weights = new LinkedHashMap<>();
    others.forEach((key, ref) -> weights.put(key, weight(ref)));
    return weights;
  }

  boolean isProduction(String backend) {
    var ref = others.get(backend);
    return ref != null && isService(ref, production);
  }

  /** Name of a backend's Service. */
  String name(String backend) {
    return String.valueOf(Fields.at(others.get(backend), "name"));
  }

  int productionPort() {
    return Fields.number(firstOfProduction().get("port"), 0);
  }

  /** With weight 0; as a copy of production's, so that its filters hold for the canary, too. */
  void addCanary(int port) {
    Map<String, Object> added = new LinkedHashMap<>(firstOfProduction());
    added.put("name", canaryName);
    added.put("port", port);
    added.put("weight", 0);
    refs.add(added);
    canary = added;
    changed = true;
  }

  void removeCanary() {
    changed |= refs.removeIf(ref -> isService(ref, canaryName));
    canary = null;
  }

  void putCanary(int weight) {
    if (canary != null) {
      set(canary, weight);
    }
  }

  /** Sets weights of backends that are there. */
  void put(Map<String, Integer> weights, int factor) {
    others.forEach((key, ref) -> set(ref, weights.getOrDefault(key, weight(ref)) * factor));
  }

  private void set(Map<String, Object> ref, int weight) {
    if (!ref.containsKey("weight") || weight(ref) != weight) {
      ref.put("weight", weight);
      changed = true;
    }
  }

  private Map<String, Object> firstOfProduction() {
    return others.entrySet().stream()
        .filter(entry -> isProduction(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(words() + " has no backend " + production));
  }

  private int sum() {
    return weights().values().stream().mapToInt(Integer::intValue).sum();
  }

  private String key(Map<String, Object> ref) {
    return ref.getOrDefault("kind", "Service")
        + "/"
        + ref.getOrDefault("namespace", namespace)
        + "/"
        + ref.get("name")
        + ":"
        + ref.getOrDefault("port", "");
  }

  private boolean isService(Map<String, Object> ref, String name) {
    return name.equals(ref.get("name"))
        && "Service".equals(ref.getOrDefault("kind", "Service"))
        && "".equals(ref.getOrDefault("group", ""))
        && namespace.equals(ref.getOrDefault("namespace", namespace));
  }

  @SuppressWarnings("unchecked") // a list of objects, by the schema of the API
  private static List<Map<String, Object>> refs(Map<String, Object> rule) {
    return rule.get("backendRefs") instanceof List<?> list
        ? (List<Map<String, Object>>) list
        : new ArrayList<>();
  }

  /** What is not said is 1. */
  private static int weight(Map<String, Object> ref) {
    return Fields.number(ref.get("weight"), 1);
  }
}
