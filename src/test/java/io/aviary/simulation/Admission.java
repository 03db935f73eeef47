package io.aviary.simulation;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The defaults and checks of a real API server that a release can meet. */
final class Admission {

  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern LABEL =
      Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?");

  private final AtomicInteger addresses = new AtomicInteger();

  /** Fills in what the object leaves open; changes its argument. */
  void complete(Kind kind, ObjectNode object) {
    switch (kind.name()) {
      case "Deployment" -> {
        var spec = Json.make(object, "spec");
        fill(spec, "replicas", 1);
        fill(spec, "revisionHistoryLimit", 10);
        fill(spec, "progressDeadlineSeconds", 600);
        var strategy = Json.make(spec, "strategy");
        fill(strategy, "type", "RollingUpdate");
        if (Json.text(strategy, "type").equals("RollingUpdate")) {
          var rolling = Json.make(strategy, "rollingUpdate");
          fill(rolling, "maxSurge", "25%");
          fill(rolling, "maxUnavailable", "25%");
        }
        completeTemplate(spec);
      }
      case "ReplicaSet" -> {
        fill(Json.make(object, "spec"), "replicas", 1);
        completeTemplate(Json.make(object, "spec"));
      }
      case "Job" -> completeJob(object);
      case "Pod" -> completePod(Json.make(object, "spec"));
      case "Service" -> completeService(Json.make(object, "spec"));
      case "Secret" -> completeSecret(object);
      default -> {}
    }
  }

  private static void completeTemplate(ObjectNode spec) {
    var template = Json.make(spec, "template");
    Json.make(template, "metadata");
    completePod(Json.make(template, "spec"));
  }

  private static void completePod(ObjectNode pod) {
    fill(pod, "restartPolicy", "Always");
    fill(pod, "terminationGracePeriodSeconds", 30);
    fill(pod, "dnsPolicy", "ClusterFirst");
    fill(pod, "schedulerName", "default-scheduler");
    Json.make(pod, "securityContext");
    for (var list : new String[] {"containers", "initContainers"}) {
      for (var container : Json.objects(pod.path(list))) {
        var image = Json.text(container, "image");
        var latest =
            image.endsWith(":latest") || !image.substring(image.lastIndexOf('/') + 1).contains(":");
        fill(
            container,
            "imagePullPolicy",
            latest && !image.contains("@") ? "Always" : "IfNotPresent");
        fill(container, "terminationMessagePath", "/dev/termination-log");
        fill(container, "terminationMessagePolicy", "File");
        Json.make(container, "resources");
        for (var port : Json.objects(container.path("ports"))) {
          fill(port, "protocol", "TCP");
        }
        for (var probe : new String[] {"readinessProbe", "livenessProbe", "startupProbe"}) {
          if (container.get(probe) instanceof ObjectNode there) {
            fill(there, "timeoutSeconds", 1);
            fill(there, "periodSeconds", 10);
            fill(there, "successThreshold", 1);
            fill(there, "failureThreshold", 3);
            if (there.get("httpGet") instanceof ObjectNode http) {
              fill(http, "scheme", "HTTP");
              fill(http, "path", "/");
            }
          }
        }
      }
    }
  }

  private static void completeJob(ObjectNode job) {
    var spec = Json.make(job, "spec");
    fill(spec, "parallelism", 1);
    fill(spec, "completions", 1);
    fill(spec, "backoffLimit", 6);
    fill(spec, "completionMode", "NonIndexed");
    spec.put("suspend", spec.path("suspend").asBoolean(false));
    completeTemplate(spec);
  }

  private void completeService(ObjectNode spec) {
    fill(spec, "type", "ClusterIP");
    fill(spec, "sessionAffinity", "None");
    fill(spec, "internalTrafficPolicy", "Cluster");
    var type = Json.text(spec, "type");
    if (type.equals("ExternalName")) {
      return;
    }
    if (!spec.has("clusterIP")) {
      var number = addresses.incrementAndGet();
      spec.put("clusterIP", "10.96.%d.%d".formatted(number / 250, number % 250 + 1));
    }
    for (var port : Json.objects(spec.path("ports"))) {
      fill(port, "protocol", "TCP");
      if (!port.has("targetPort")) {
        port.set("targetPort", port.path("port"));
      }
      if (!type.equals("ClusterIP") && !port.has("nodePort")) {
        port.put("nodePort", 30_000 + addresses.incrementAndGet() % 2_768);
      }
    }
  }

  private static void completeSecret(ObjectNode secret) {
    fill(secret, "type", "Opaque");
    if (secret.remove("stringData") instanceof ObjectNode plain) {
      var data = Json.make(secret, "data");
      plain
          .properties()
          .forEach(
              entry ->
                  data.put(
                      entry.getKey(),
                      java.util.Base64.getEncoder()
                          .encodeToString(
                              entry
                                  .getValue()
                                  .asString()
                                  .getBytes(java.nio.charset.StandardCharsets.UTF_8))));
    }
  }

  /**
   * Refuses what a real server would refuse.
   *
   * @param before null: it is about to be created
   */
  void check(Kind kind, @Nullable ObjectNode before, ObjectNode object) {
    var name = Json.text(object, "metadata", "name");
    if (!NAME.matcher(name).matches() || name.length() > 253) {
      throw ApiException.invalid(
          kind,
          name,
          "metadata.name: Invalid value: \"%s\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'"
              .formatted(name));
    }
    for (var label : Json.at(object, "metadata", "labels").properties()) {
      var value = label.getValue().asString();
      if (!LABEL.matcher(value).matches() || value.length() > 63) {
        throw ApiException.invalid(
            kind,
            name,
            "metadata.labels: Invalid value: \"%s\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.'"
                .formatted(value));
      }
    }
    switch (kind.name()) {
      case "Deployment", "ReplicaSet" -> checkWorkload(kind, name, before, object);
      case "Pod" -> {
        requireContainers(kind, name, "spec.containers", object.path("spec"));
        if (before != null) {
          requireSamePod(kind, name, before, object);
        }
      }
      case "Job" -> checkJob(kind, name, before, object);
      case "Service" -> checkService(kind, name, object);
      default -> {}
    }
  }

  private static void checkService(Kind kind, String name, ObjectNode object) {
    var ports = Json.objects(Json.at(object, "spec", "ports"));
    if (!Json.text(object, "spec", "type").equals("ExternalName") && ports.isEmpty()) {
      throw ApiException.invalid(kind, name, "spec.ports: Required value");
    }
    for (var i = 0; i < ports.size(); i++) {
      var port = Json.number(ports.get(i), 0, "port");
      if (port < 1 || port > 65_535) {
        throw ApiException.invalid(
            kind,
            name,
            "spec.ports[%d].port: Invalid value: %d: must be between 1 and 65535, inclusive"
                .formatted(i, port));
      }
    }
  }

  private static void checkWorkload(
      Kind kind, String name, @Nullable ObjectNode before, ObjectNode object) {
    var selector = Json.at(object, "spec", "selector");
    if (selector.isEmpty()) {
      throw ApiException.invalid(kind, name, "spec.selector: Required value");
    }
    if (!Selector.matches(selector, Json.at(object, "spec", "template"))) {
      throw ApiException.invalid(
          kind,
          name,
          "spec.template.metadata.labels: Invalid value: %s: `selector` does not match template `labels`"
              .formatted(Json.at(object, "spec", "template", "metadata", "labels")));
    }
    requireContainers(
        kind, name, "spec.template.spec.containers", Json.at(object, "spec", "template", "spec"));
    requireSame(kind, name, before, object, "selector");
  }

  private static void checkJob(
      Kind kind, String name, @Nullable ObjectNode before, ObjectNode object) {
    requireContainers(
        kind, name, "spec.template.spec.containers", Json.at(object, "spec", "template", "spec"));
    var policy = Json.text(object, "spec", "template", "spec", "restartPolicy");
    if (policy.equals("Always")) {
      throw ApiException.invalid(
          kind,
          name,
          "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"");
    }
    requireSame(kind, name, before, object, "template");
  }

  private static void requireContainers(Kind kind, String name, String path, JsonNode pod) {
    if (pod.path("containers").isEmpty()) {
      throw ApiException.invalid(kind, name, path + ": Required value");
    }
    for (var container : pod.path("containers")) {
      if (Json.text(container, "image").isEmpty()) {
        throw ApiException.invalid(kind, name, path + "[0].image: Required value");
      }
    }
  }

  private static void requireSame(
      Kind kind, String name, @Nullable ObjectNode before, ObjectNode object, String field) {
    if (before != null && !Json.at(before, "spec", field).equals(Json.at(object, "spec", field))) {
      throw ApiException.invalid(
          kind,
          name,
          "spec.%s: Invalid value: %s: field is immutable"
              .formatted(field, Json.at(object, "spec", field)));
    }
  }

  private static void requireSamePod(Kind kind, String name, ObjectNode before, ObjectNode object) {
    for (var field : before.path("spec").properties()) {
      if (!field.getKey().equals("containers")
          && !field.getKey().equals("tolerations")
          && !field.getKey().equals("activeDeadlineSeconds")
          && !field.getValue().equals(Json.at(object, "spec", field.getKey()))) {
        throw ApiException.invalid(
            kind,
            name,
            "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`");
      }
    }
  }

  private static void fill(ObjectNode object, String field, int value) {
    if (!object.hasNonNull(field)) {
      object.put(field, value);
    }
  }

  private static void fill(ObjectNode object, String field, String value) {
    if (!object.hasNonNull(field)) {
      object.put(field, value);
    }
  }
}
