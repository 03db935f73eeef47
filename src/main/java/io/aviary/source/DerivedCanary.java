package io.aviary.source;

import io.aviary.release.definition.ReleaseDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A canary made from production's manifests, where there are none of its own: the Deployment's pod
 * spec as it is, with labels and a selector of its own and fewer replicas, and a Service that
 * reaches these pods alone.
 *
 * <p>ConfigMaps and Secrets of production's manifests that the pods use are copied under names of
 * their own, so that the canary runs with the configuration that is released and not with the one
 * that is live. What else the pods need (a ServiceAccount, a claim) must be there already.
 */
final class DerivedCanary {

  /** On its pods and in its selectors; its value names the Deployment. */
  static final String LABEL = "aviary.io/canary";

  private static final String SUFFIX = "-canary";

  /** Of a label's value, and of a Service's name. */
  private static final int LONGEST = 63;

  private final ReleaseDefinition definition;
  private final List<Document> production;
  private final Document deployment;
  private final @Nullable Document service;

  /**
   * @param service whose traffic is shared; null: none of the manifests
   */
  DerivedCanary(
      ReleaseDefinition definition,
      List<Document> production,
      Document deployment,
      @Nullable Document service) {
    this.definition = definition;
    this.production = production;
    this.deployment = deployment;
    this.service = service != null ? service : serviceOfDeployment();
  }

  private @Nullable Document serviceOfDeployment() {
    return production.stream()
        .filter(Document::isService)
        .filter(one -> one.selectsPodsOf(deployment))
        .findFirst()
        .orElse(null);
  }

  String name() {
    return deployment.name() + SUFFIX;
  }

  /** What keeps it from being derived. */
  void check(Lines lines, Findings findings) {
    var taken = new HashSet<String>();
    production.forEach(document -> taken.add(document.label()));
    for (var manifest : manifests()) {
      var name = manifest.name();
      if (taken.contains(manifest.kind() + " " + name)) {
        lines.add(
            findings,
            "canary.manifests",
            "is missing, and none can be derived: production's manifests have a "
                + manifest.kind()
                + " "
                + name
                + " already; name the canary's files here");
      } else if (name.length() > LONGEST) {
        lines.add(
            findings,
            "canary.manifests",
            "is missing, and none can be derived: the name "
                + name
                + " would be longer than "
                + LONGEST
                + " characters; name the canary's files here");
      }
    }
  }

  /** In the order in which they are to be applied. */
  List<Manifest> manifests() {
    var manifests = new ArrayList<Manifest>();
    for (var document : production) {
      if (isConfiguration(document) && uses(document)) {
        manifests.add(manifest(document, copy(document)));
      }
    }
    if (service != null) {
      manifests.add(manifest(service, service(service.toManifest().content())));
    }
    manifests.add(manifest(deployment, deployment(deployment.toManifest().content())));
    return manifests;
  }

  private static Manifest manifest(Document origin, Map<String, Object> content) {
    return new Manifest("derived from " + origin.file(), origin.line(), content);
  }

  // ---- Deployment and Service

  private Map<String, Object> deployment(Map<String, Object> origin) {
    var template = map(map(origin, "spec"), "template");
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("labels", labels());
    if (map(template, "metadata").get("annotations") instanceof Map<?, ?> annotations) {
      metadata.put("annotations", annotations);
    }
    var pods = new LinkedHashMap<String, Object>();
    pods.put("metadata", metadata);
    pods.put("spec", renamed(map(template, "spec"), ""));
    var spec = new LinkedHashMap<String, Object>();
    spec.put("replicas", definition.canary().replicas());
    spec.put("selector", Map.of("matchLabels", own()));
    spec.put("template", pods);
    return object("apps/v1", "Deployment", name(), spec);
  }

  private Map<String, String> own() {
    return Map.of(LABEL, name());
  }

  /** Production's, without any by which production's pods are known, and the canary's own. */
  private Map<String, String> labels() {
    var labels = new TreeMap<>(deployment.templateLabels());
    labels.keySet().removeAll(deployment.selector().keySet());
    production.stream()
        .filter(Document::isService)
        .filter(one -> one.selectsPodsOf(deployment))
        .forEach(one -> labels.keySet().removeAll(one.selector().keySet()));
    labels.putAll(own());
    return labels;
  }

  private Map<String, Object> service(Map<String, Object> origin) {
    var spec = new LinkedHashMap<String, Object>();
    var ports = new ArrayList<Object>();
    if (map(origin, "spec").get("ports") instanceof List<?> list) {
      for (var item : list) {
        if (item instanceof Map<?, ?> port) {
          var own = new LinkedHashMap<Object, Object>(port);
          own.remove("nodePort");
          ports.add(own);
        }
      }
    }
    spec.put("ports", ports);
    spec.put("selector", own());
    if ("None".equals(map(origin, "spec").get("clusterIP"))) {
      spec.put("clusterIP", "None");
    }
    return object("v1", "Service", origin(origin) + SUFFIX, spec);
  }

  private static Map<String, Object> object(
      String apiVersion, String kind, String name, Map<String, Object> spec) {
    var object = new LinkedHashMap<String, Object>();
    object.put("apiVersion", apiVersion);
    object.put("kind", kind);
    object.put("metadata", Map.of("name", name));
    object.put("spec", spec);
    return object;
  }

  // ---- configuration

  private static boolean isConfiguration(Document document) {
    return Set.of("ConfigMap", "Secret").contains(document.kind());
  }

  /** Whether the pods refer to it. */
  private boolean uses(Document document) {
    var spec = map(map(map(deployment.toManifest().content(), "spec"), "template"), "spec");
    return refers(spec, "", document);
  }

  private static boolean refers(Object value, String key, Document document) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .anyMatch(
                  entry -> {
                    var at = String.valueOf(entry.getKey());
                    return (kindOf(key, at).equals(document.kind())
                            && document.name().equals(entry.getValue()))
                        || refers(entry.getValue(), at, document);
                  });
      case List<?> list -> list.stream().anyMatch(item -> refers((Object) item, key, document));
      default -> false;
    };
  }

  private static Map<String, Object> copy(Document document) {
    var content = new LinkedHashMap<>(document.toManifest().content());
    content.put("metadata", Map.of("name", document.name() + SUFFIX));
    return content;
  }

  /**
   * A part of the pod spec, with the names of the copies.
   *
   * @param key under which it stands, which tells what is referred to
   */
  private Object renamed(Object value, String key) {
    return switch (value) {
      case Map<?, ?> map -> {
        var renamed = new LinkedHashMap<String, Object>();
        map.forEach(
            (name, item) -> {
              var at = String.valueOf(name);
              renamed.put(
                  at,
                  item instanceof String text && isCopied(kindOf(key, at), text)
                      ? text + SUFFIX
                      : renamed(item, at));
            });
        yield renamed;
      }
      case List<?> list -> list.stream().map(item -> renamed((Object) item, key)).toList();
      default -> value;
    };
  }

  /** The kind that a text names; empty: it is no reference. */
  private static String kindOf(String above, String key) {
    if (key.equals("secretName")) {
      return "Secret";
    }
    if (!key.equals("name")) {
      return "";
    }
    return switch (above) {
      case "configMap", "configMapRef", "configMapKeyRef" -> "ConfigMap";
      case "secret", "secretRef", "secretKeyRef", "imagePullSecrets" -> "Secret";
      default -> "";
    };
  }

  private boolean isCopied(String kind, String name) {
    return production.stream()
        .filter(DerivedCanary::isConfiguration)
        .anyMatch(one -> one.kind().equals(kind) && one.name().equals(name));
  }

  // ----

  private static String origin(Map<String, Object> content) {
    return String.valueOf(map(content, "metadata").get("name"));
  }

  @SuppressWarnings("unchecked") // keys of JSON are texts
  private static Map<String, Object> map(Map<String, Object> content, String key) {
    return content.get(key) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
