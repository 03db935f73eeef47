package io.aviary.kubernetes;

import io.aviary.release.masking.Masking;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Before anything is read that a pod says, the values of the Secrets that it got are learnt, so
 * that they are masked in it. Whoever may not read the Secrets cannot mask them: the server's log
 * says so.
 */
final class PodSecrets {

  /** How long a Secret may have changed without being read again. */
  private static final Duration FRESH = Duration.ofMinutes(1);

  /** Keys of Secrets that hold nothing secret by the conventions of Kubernetes and its charts. */
  private static final Set<String> PUBLIC =
      Set.of(
          "username",
          "user",
          "host",
          "hostname",
          "port",
          "database",
          "dbname",
          "namespace",
          "ca.crt",
          "tls.crt");

  private static final Logger log = LoggerFactory.getLogger(PodSecrets.class);

  private final Api api;
  private final Masking masking;
  private final InstantSource clock;
  private final Map<String, Instant> read = new ConcurrentHashMap<>();

  PodSecrets(Api api, Masking masking, InstantSource clock) {
    this.api = api;
    this.masking = masking;
    this.clock = clock;
  }

  Masking masking() {
    return masking;
  }

  void learnFrom(Map<String, Object> pod) {
    for (var name : namesIn(Json.map(pod, "spec"))) {
      learn(Pods.namespace(pod), name);
    }
  }

  /** A Secret that a manifest brings. */
  void learnFromManifest(Map<String, Object> object) {
    if ("Secret".equals(Json.text(object, "kind"))) {
      masking.learn(valuesOf(object));
    }
  }

  private void learn(String namespace, String name) {
    var now = clock.instant();
    var key = namespace + "/" + name;
    var before = read.put(key, now);
    if (before != null && before.plus(FRESH).isAfter(now)) {
      read.put(key, before);
      return;
    }
    try {
      api.get(
              "/api/v1/namespaces/" + namespace + "/secrets/" + Api.encoded(name),
              "read Secret " + name + " in namespace " + namespace)
          .ifPresent(secret -> masking.learn(valuesOf(secret)));
    } catch (ClusterException e) {
      if (before == null) {
        log.warn(
            "The values of Secret {} in namespace {} cannot be masked in logs: {}",
            name,
            namespace,
            e.getMessage());
      }
    }
  }

  /** Of volumes and variables. A Secret for pulling images never reaches a container. */
  static Set<String> namesIn(Map<String, Object> podSpec) {
    var names = new LinkedHashSet<String>();
    for (var volume : Json.maps(podSpec, "volumes")) {
      add(names, Json.text(volume, "secret", "secretName"));
      for (var source : Json.maps(volume, "projected", "sources")) {
        add(names, Json.text(source, "secret", "name"));
      }
    }
    for (var kind : List.of("containers", "initContainers")) {
      for (var container : Json.maps(podSpec, kind)) {
        for (var variable : Json.maps(container, "env")) {
          add(names, Json.text(variable, "valueFrom", "secretKeyRef", "name"));
        }
        for (var source : Json.maps(container, "envFrom")) {
          add(names, Json.text(source, "secretRef", "name"));
        }
      }
    }
    return names;
  }

  private static void add(Set<String> names, @Nullable String name) {
    if (name != null) {
      names.add(name);
    }
  }

  static List<String> valuesOf(Map<String, Object> secret) {
    var values = new ArrayList<String>();
    Json.texts(secret, "data")
        .forEach(
            (key, encoded) -> {
              if (!PUBLIC.contains(key)) {
                add(values, decoded(encoded));
              }
            });
    Json.texts(secret, "stringData")
        .forEach(
            (key, value) -> {
              if (!PUBLIC.contains(key)) {
                add(values, value);
              }
            });
    return values;
  }

  /** A value, and what is secret inside of it where it is JSON, such as registries' passwords. */
  private static void add(List<String> values, String value) {
    if (!value.strip().startsWith("{")) {
      values.add(value);
      return;
    }
    try {
      inside("", Json.read(value.getBytes(StandardCharsets.UTF_8)), values);
    } catch (JacksonException e) {
      values.add(value);
    }
  }

  private static void inside(String name, @Nullable Object value, List<String> values) {
    switch (value) {
      case Map<?, ?> map -> map.forEach((key, inner) -> inside(String.valueOf(key), inner, values));
      case List<?> list -> list.forEach(inner -> inside(name, inner, values));
      case String text when Masking.isNameOfASecret(name) -> {
        values.add(text);
        if (name.equals("auth")) {
          var userAndPassword = decoded(text);
          values.add(userAndPassword.substring(userAndPassword.indexOf(':') + 1));
        }
      }
      case null, default -> {}
    }
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return base64;
    }
  }
}
