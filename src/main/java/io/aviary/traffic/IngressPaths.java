package io.aviary.traffic;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which hosts and paths an Ingress has, and what a second one for the canary has of them. */
final class IngressPaths {

  private final String production;
  private final String canary;
  private final ServicePorts ports;

  private IngressPaths(String production, String canary, ServicePorts ports) {
    this.production = production;
    this.canary = canary;
    this.ports = ports;
  }

  /**
   * The spec for a second Ingress: class, hosts and paths of the first one where it leads to
   * production, and the canary's Service behind them. Not its TLS, which the host has already.
   *
   * @return empty: it does not lead to production, or to no port that the canary's Service has
   */
  static Optional<Map<String, Object>> shared(
      Map<String, Object> main, String production, String canary, ServicePorts ports) {
    return new IngressPaths(production, canary, ports).spec(main);
  }

  /** Hosts with their paths; the default backend counts as one. */
  static Set<List<String>> places(Map<String, Object> spec) {
    Set<List<String>> places = new HashSet<>();
    if (spec.containsKey("defaultBackend")) {
      places.add(List.of());
    }
    for (var rule : Fields.maps(spec, "rules")) {
      for (var path : Fields.maps(rule, "http", "paths")) {
        places.add(
            List.of(
                String.valueOf(rule.getOrDefault("host", "")),
                String.valueOf(path.getOrDefault("path", "/"))));
      }
    }
    return places;
  }

  private Optional<Map<String, Object>> spec(Map<String, Object> main) {
    List<Map<String, Object>> rules = new ArrayList<>();
    for (var rule : Fields.maps(main, "spec", "rules")) {
      List<Map<String, Object>> paths = new ArrayList<>();
      for (var path : Fields.maps(rule, "http", "paths")) {
        backend(Fields.map(path, "backend"))
            .ifPresent(backend -> paths.add(with(path, "backend", backend)));
      }
      if (!paths.isEmpty()) {
        rules.add(with(rule, "http", Map.of("paths", paths)));
      }
    }
    Map<String, Object> spec = new LinkedHashMap<>();
    var className = Fields.text(main, "spec", "ingressClassName");
    if (className != null) {
      spec.put("ingressClassName", className);
    }
    if (!rules.isEmpty()) {
      spec.put("rules", rules);
    }
    backend(Fields.map(main, "spec", "defaultBackend"))
        .ifPresent(backend -> spec.put("defaultBackend", backend));
    return spec.containsKey("rules") || spec.containsKey("defaultBackend")
        ? Optional.of(spec)
        : Optional.empty();
  }

  /** The canary's for one of production's; empty: it is another's, or no port fits. */
  private Optional<Map<String, Object>> backend(Map<String, Object> backend) {
    if (!production.equals(Fields.text(backend, "service", "name"))) {
      return Optional.empty();
    }
    var named = Fields.text(backend, "service", "port", "name");
    var port =
        named == null
            ? ports.like(Fields.number(Fields.at(backend, "service", "port", "number"), 0))
            : ports.like(named);
    return Optional.ofNullable(port)
        .map(number -> Map.of("service", Map.of("name", canary, "port", Map.of("number", number))));
  }

  private static Map<String, Object> with(Map<String, Object> map, String key, Object value) {
    Map<String, Object> copy = new LinkedHashMap<>(map);
    copy.put(key, value);
    return copy;
  }
}
