package io.aviary.traffic;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.KubeObject;
import io.aviary.kubernetes.Names;
import io.aviary.kubernetes.ObjectRef;
import io.aviary.traffic.TrafficSplits.Between;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A share by the canary annotations of ingress-nginx: a second Ingress with the hosts and paths of
 * production's, the canary's Service behind them, and a weight. The share is weight / total.
 *
 * <p>That controller tells nothing of what it made of an Ingress, so the share is what was written,
 * and known by requests only. It is retired and runs on none of the project's clusters: this is
 * tested by what is written, not by what such a controller does with it.
 *
 * <p>The total is 100, which controllers take that do not know the annotation for it yet, unless
 * the share has a fraction. Only one canary is possible for a host and path; where another one is
 * found in the namespace, nothing is written. Canaries in other namespaces are not seen.
 */
final class IngressSplit implements TrafficSplit {

  static final String API_VERSION = "networking.k8s.io/v1";
  static final String KIND = "Ingress";

  /** From a write until the controller is taken to have seen it. */
  static final Duration SETTLING = Duration.ofSeconds(5);

  /** What was written last, in an annotation of the Ingress itself. */
  static final String WRITTEN = "aviary.io/written";

  private static final String NGINX = "nginx.ingress.kubernetes.io/";
  private static final String CANARY = NGINX + "canary";
  private static final String WEIGHT = NGINX + "canary-weight";
  private static final String TOTAL = NGINX + "canary-weight-total";
  private static final String CLASS = "kubernetes.io/ingress.class";

  /** All others a canary has from the Ingress that it stands beside. */
  private static final List<String> NOT_INHERITED =
      List.of(
          NGINX + "load-balance",
          NGINX + "upstream-hash-by",
          NGINX + "affinity",
          NGINX + "session-cookie-");

  private static final JsonMapper JSON = JsonMapper.shared();

  /** A weight, and when it was written, in milliseconds since 1970. */
  private record Written(int weight, int total, long at) {}

  private final Between between;
  private final Cluster cluster;
  private final String namespace;
  private final @Nullable String canaryService;
  private final String route;
  private final String name;
  private final double tolerance;
  private final InstantSource clock;

  IngressSplit(Between between, String route, double tolerance, InstantSource clock) {
    this.between = between;
    this.cluster = between.cluster();
    this.namespace = between.namespace();
    this.canaryService = between.canaryService();
    this.route = route;
    this.name = Names.object(route, "canary");
    this.tolerance = tolerance;
    this.clock = clock;
  }

  @Override
  public Progress advance(double percent) {
    if (canaryService == null) {
      return new Progress.Impossible(
          "the canary has no Service of its own, which a share by ingress needs as a backend; add one"
              + " to the canary's manifests");
    }
    var readiness = Readiness.look(between, canaryService, percent);
    var wrong = Readiness.wrong(readiness, between, canaryService);
    if (wrong != null) {
      return new Progress.Impossible(wrong);
    }
    if (readiness.production() == 0) {
      return new Progress.Pending(
          "waiting for a ready endpoint of the Service " + between.service() + " to share with");
    }
    var main = live(route).orElse(null);
    if (main == null) {
      return new Progress.Impossible(
          "there is no Ingress "
              + route
              + " in namespace "
              + namespace
              + "; apply it, or correct traffic.route");
    }
    var there = live(name).orElse(null);
    if (there != null && !isOurs(there)) {
      return new Progress.Impossible(
          "the Ingress "
              + name
              + " is in namespace "
              + namespace
              + " already and was not made by Aviary for this application; delete it or rename it");
    }
    var now = there == null ? 0 : share(there);
    var target = readiness.allowed(now, tolerance);
    var waiting = readiness.isEnough(now, tolerance) ? null : readiness.words();
    if (waiting != null) {
      readiness.start(between);
      if (target == now) {
        return new Progress.Pending(waiting);
      }
    }
    return write(main, there, canaryService, target, waiting);
  }

  private Progress write(
      Map<String, Object> main,
      @Nullable Map<String, Object> there,
      String canary,
      double target,
      @Nullable String waiting) {
    var spec = spec(main, canary);
    if (spec.isEmpty()) {
      return new Progress.Impossible(
          "the Ingress "
              + route
              + " has no path to the Service "
              + between.service()
              + " whose port the Service "
              + canary
              + " has, too; correct traffic.route, production.service or the canary's Service");
    }
    var total = target == Math.rint(target) ? 100 : 1000;
    var weight = (int) Math.round(target * total / 100);
    var words = "weight " + weight + " of " + total + " in the Ingress " + name;
    if (there == null) {
      var rival = rival(spec.get());
      if (rival.isPresent()) {
        return new Progress.Impossible(
            "the Ingress "
                + rival.get()
                + " is a canary for a host and path of the Ingress "
                + route
                + " already, and ingress-nginx takes only one; delete it");
      }
    } else {
      var written = written(there);
      if (isUpToDate(there, spec.get(), weight, total)) {
        return written != null && isSettled(written)
            ? new Progress.Reached(Percent.rounded(100.0 * weight / total), words)
            : new Progress.Pending(words + " is written and takes effect");
      }
      if (written != null && !isAsWritten(there, written)) {
        words +=
            "; someone else had changed it to "
                + annotation(there, WEIGHT)
                + " of "
                + annotation(there, TOTAL);
      }
    }
    apply(main, spec.get(), new Written(weight, total, clock.millis()));
    return new Progress.Pending(waiting == null ? words : waiting + "; " + words);
  }

  @Override
  public Progress keep(double percent) {
    return advance(percent);
  }

  /** Weight 0 first, and when that has had time to take effect, the Ingress is deleted. */
  @Override
  public boolean withdraw() {
    var there = live(name).orElse(null);
    if (there == null || !isOurs(there)) {
      return true;
    }
    var written = written(there);
    if (written == null || share(there) > 0) {
      cluster.update(
          namespace,
          API_VERSION,
          KIND,
          name,
          content -> {
            Fields.annotate(content, WEIGHT, "0");
            Fields.annotate(
                content, WRITTEN, JSON.writeValueAsString(new Written(0, 100, clock.millis())));
            Fields.annotate(content, TOTAL, "100");
            return content;
          });
      return false;
    }
    if (isSettled(written)) {
      cluster.find(namespace, API_VERSION, KIND, name).ifPresent(cluster::delete);
    }
    return false;
  }

  // ---- what is written

  private void apply(Map<String, Object> main, Map<String, Object> spec, Written written) {
    Map<String, String> annotations = new TreeMap<>();
    Fields.texts(main, "metadata", "annotations")
        .forEach(
            (key, value) -> {
              if (key.equals(CLASS) || NOT_INHERITED.stream().anyMatch(key::startsWith)) {
                annotations.put(key, value);
              }
            });
    annotations.put(CANARY, "true");
    annotations.put(WEIGHT, String.valueOf(written.weight()));
    annotations.put(TOTAL, String.valueOf(written.total()));
    annotations.put(WRITTEN, JSON.writeValueAsString(written));
    cluster.apply(
        namespace,
        List.of(
            new KubeObject(
                Map.of(
                    "apiVersion",
                    API_VERSION,
                    "kind",
                    KIND,
                    "metadata",
                    Map.of("name", name, "labels", between.labels(), "annotations", annotations),
                    "spec",
                    spec))));
  }

  /** Class, hosts and paths of production's Ingress; empty: it has none with a fitting backend. */
  private Optional<Map<String, Object>> spec(Map<String, Object> main, String canary) {
    var ports = ServicePorts.of(cluster, namespace, canary);
    List<Map<String, Object>> rules = new ArrayList<>();
    for (var rule : Fields.maps(main, "spec", "rules")) {
      List<Map<String, Object>> paths = new ArrayList<>();
      for (var path : Fields.maps(rule, "http", "paths")) {
        backend(Fields.map(path, "backend"), canary, ports)
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
    backend(Fields.map(main, "spec", "defaultBackend"), canary, ports)
        .ifPresent(backend -> spec.put("defaultBackend", backend));
    return spec.containsKey("rules") || spec.containsKey("defaultBackend")
        ? Optional.of(spec)
        : Optional.empty();
  }

  /** The canary's for one of production's; empty: it is another's, or no port fits. */
  private Optional<Map<String, Object>> backend(
      Map<String, Object> backend, String canary, ServicePorts ports) {
    if (!between.service().equals(Fields.text(backend, "service", "name"))) {
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

  /** Another canary for one of the same hosts and paths. */
  private Optional<String> rival(Map<String, Object> spec) {
    var wanted = places(spec);
    return cluster.list(namespace, List.of(API_VERSION + "/" + KIND), Map.of()).stream()
        .map(ObjectRef::name)
        .filter(other -> !other.equals(name) && !other.equals(route))
        .filter(
            other ->
                live(other)
                    .filter(ingress -> "true".equals(annotation(ingress, CANARY)))
                    .map(ingress -> places(Fields.map(ingress, "spec")))
                    .filter(places -> places.stream().anyMatch(wanted::contains))
                    .isPresent())
        .findFirst();
  }

  /** Hosts with their paths; the default backend counts as one. */
  private static Set<List<String>> places(Map<String, Object> spec) {
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

  // ---- what is there

  private Optional<Map<String, Object>> live(String ingress) {
    return cluster
        .live(new ObjectRef(API_VERSION, KIND, namespace, ingress, null))
        .map(KubeObject::content);
  }

  /** Also of an earlier run of the same application, which did not get to remove it. */
  private boolean isOurs(Map<String, Object> ingress) {
    var labels = Fields.texts(ingress, "metadata", "labels");
    return List.of(Names.MANAGED_BY, Names.APPLICATION).stream()
        .allMatch(
            key ->
                between.labels().containsKey(key)
                    && between.labels().get(key).equals(labels.get(key)));
  }

  private static boolean isUpToDate(
      Map<String, Object> there, Map<String, Object> spec, int weight, int total) {
    return "true".equals(annotation(there, CANARY))
        && String.valueOf(weight).equals(annotation(there, WEIGHT))
        && String.valueOf(total).equals(annotation(there, TOTAL))
        && Fields.maps(there, "spec", "rules").equals(Fields.maps(spec, "rules"))
        && Fields.map(there, "spec", "defaultBackend").equals(Fields.map(spec, "defaultBackend"));
  }

  private static boolean isAsWritten(Map<String, Object> there, Written written) {
    return String.valueOf(written.weight()).equals(annotation(there, WEIGHT))
        && String.valueOf(written.total()).equals(annotation(there, TOTAL));
  }

  private boolean isSettled(Written written) {
    return !clock.instant().isBefore(Instant.ofEpochMilli(written.at()).plus(SETTLING));
  }

  private static @Nullable Written written(Map<String, Object> there) {
    var text = annotation(there, WRITTEN);
    try {
      return text == null ? null : JSON.readValue(text, Written.class);
    } catch (JacksonException e) {
      return null; // changed by hand: as if it had not been written by us
    }
  }

  private static double share(Map<String, Object> there) {
    return 100.0 * number(annotation(there, WEIGHT), 0) / number(annotation(there, TOTAL), 100);
  }

  /** A text that is no number above 0 counts as not said. */
  private static int number(@Nullable String text, int otherwise) {
    return text != null && text.matches("[1-9]\\d{0,6}") ? Integer.parseInt(text) : otherwise;
  }

  private static @Nullable String annotation(Map<String, Object> object, String key) {
    return Fields.annotation(object, key);
  }
}
