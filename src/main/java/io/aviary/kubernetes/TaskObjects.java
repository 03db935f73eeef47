package io.aviary.kubernetes;

import io.aviary.kubernetes.Cluster.TaskSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Job or pod of a task. */
final class TaskObjects {

  static final String CONTAINER = "task";

  /**
   * How much longer than its pod's deadline a Job may be, e.g. because nothing schedules the pod.
   */
  private static final long UNSTARTED_SECONDS = 60;

  private TaskObjects() {}

  static Map<String, Object> of(TaskSpec spec) {
    return spec.asJob() ? job(spec) : pod(spec);
  }

  private static Map<String, Object> job(TaskSpec spec) {
    return Map.of(
        "apiVersion",
        "batch/v1",
        "kind",
        "Job",
        "metadata",
        metadata(spec),
        "spec",
        Map.of(
            "backoffLimit",
            0,
            "activeDeadlineSeconds",
            seconds(spec) + UNSTARTED_SECONDS,
            "template",
            Map.of("metadata", Map.of("labels", spec.labels()), "spec", podSpec(spec))));
  }

  private static Map<String, Object> pod(TaskSpec spec) {
    return Map.of(
        "apiVersion", "v1", "kind", "Pod", "metadata", metadata(spec), "spec", podSpec(spec));
  }

  private static Map<String, Object> metadata(TaskSpec spec) {
    return Map.of("name", spec.name(), "namespace", spec.namespace(), "labels", spec.labels());
  }

  /**
   * The deadline is the pod's and not only the Job's, because a Job that is over its deadline
   * deletes its pod, and with it the log.
   */
  private static Map<String, Object> podSpec(TaskSpec spec) {
    Map<String, Object> pod = new LinkedHashMap<>();
    pod.put("restartPolicy", "Never");
    pod.put("activeDeadlineSeconds", seconds(spec));
    pod.put("terminationGracePeriodSeconds", 10);
    pod.put("automountServiceAccountToken", false);
    pod.put("enableServiceLinks", false);
    if (spec.serviceAccount() != null) {
      pod.put("serviceAccountName", spec.serviceAccount());
    }
    if (!spec.nodeSelector().isEmpty()) {
      pod.put("nodeSelector", spec.nodeSelector());
    }
    if (spec.imagePullSecret() != null) {
      pod.put("imagePullSecrets", List.of(Map.of("name", spec.imagePullSecret())));
    }
    List<Object> volumes = new ArrayList<>();
    List<Object> mounts = new ArrayList<>();
    spec.secretMounts()
        .forEach(
            (path, secret) -> {
              var name = "secret-" + volumes.size();
              volumes.add(secretVolume(name, secret));
              mounts.add(Map.of("name", name, "mountPath", path, "readOnly", true));
            });
    for (var path : spec.scratch()) {
      var name = "scratch-" + volumes.size();
      volumes.add(Map.of("name", name, "emptyDir", Map.of()));
      mounts.add(Map.of("name", name, "mountPath", path));
    }
    pod.put("volumes", volumes);
    pod.put("containers", List.of(container(spec, mounts)));
    return pod;
  }

  private static Map<String, Object> container(TaskSpec spec, List<Object> mounts) {
    Map<String, Object> container = new LinkedHashMap<>();
    container.put("name", CONTAINER);
    container.put("image", spec.image());
    if (!spec.command().isEmpty()) {
      container.put("command", spec.command());
    }
    if (!spec.args().isEmpty()) {
      container.put("args", spec.args());
    }
    List<Object> env = new ArrayList<>();
    spec.env().forEach((name, value) -> env.add(Map.of("name", name, "value", value)));
    spec.secretEnv()
        .forEach(
            (name, key) ->
                env.add(
                    Map.of(
                        "name",
                        name,
                        "valueFrom",
                        Map.of("secretKeyRef", Map.of("name", key.secret(), "key", key.key())))));
    container.put("env", env);
    container.put("resources", Map.of("limits", spec.limits(), "requests", spec.requests()));
    container.put("volumeMounts", mounts);
    container.put("securityContext", securityContext(spec));
    return container;
  }

  /** A builder without privileges starts its own user namespace, which the strict one forbids. */
  private static Map<String, Object> securityContext(TaskSpec spec) {
    if (spec.privileged()) {
      return Map.of("privileged", true);
    }
    if (spec.seccompUnconfined()) {
      return Map.of(
          "seccompProfile",
          Map.of("type", "Unconfined"),
          "appArmorProfile",
          Map.of("type", "Unconfined"));
    }
    return Map.of(
        "allowPrivilegeEscalation",
        false,
        "capabilities",
        Map.of("drop", List.of("ALL")),
        "seccompProfile",
        Map.of("type", "RuntimeDefault"));
  }

  /** A registry's credentials are there by both names that programs look for. */
  private static Map<String, Object> secretVolume(String name, String secret) {
    Map<String, Object> asDockerConfig =
        Map.of(
            "name",
            secret,
            "optional",
            true,
            "items",
            List.of(Map.of("key", ".dockerconfigjson", "path", "config.json")));
    return Map.of(
        "name",
        name,
        "projected",
        Map.of(
            "sources",
            List.of(Map.of("secret", Map.of("name", secret)), Map.of("secret", asDockerConfig))));
  }

  private static long seconds(TaskSpec spec) {
    return Math.max(1, spec.deadline().toSeconds());
  }
}
