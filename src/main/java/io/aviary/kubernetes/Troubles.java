package io.aviary.kubernetes;

import io.aviary.kubernetes.Cluster.PodTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Why a pod is not ready, in the cluster's own words. */
final class Troubles {

  /** A pod with one of these will not become ready by waiting for long. */
  private static final Set<String> FATAL =
      Set.of(
          "CrashLoopBackOff",
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "CreateContainerConfigError");

  private static final Set<String> STARTING = Set.of("ContainerCreating", "PodInitializing");

  /**
   * For so long a pod is not asked for warnings: each pod of a roll-out starts once, and what is
   * wrong with one that starts now is said soon enough a moment later.
   */
  private static final Duration YOUNG = Duration.ofSeconds(3);

  private static final int LOG_LINES = 10;
  private static final int LOG_BYTES = 4096;

  private final Api api;
  private final PodSecrets secrets;
  private final InstantSource clock;

  Troubles(Api api, PodSecrets secrets, InstantSource clock) {
    this.api = api;
    this.secrets = secrets;
    this.clock = clock;
  }

  PodTrouble of(Map<String, Object> pod) {
    secrets.learnFrom(pod);
    return unscheduled(pod)
        .or(() -> ended(pod))
        .or(
            () ->
                Pods.containers(pod).stream()
                    .flatMap(
                        container ->
                            waiting(pod, container).or(() -> crashed(pod, container)).stream())
                    .findFirst())
        .orElseGet(() -> unready(pod));
  }

  /** Why a pod does not start, or has been ended; empty while nothing is wrong. */
  Optional<PodTrouble> ofTask(Map<String, Object> pod) {
    secrets.learnFrom(pod);
    return unscheduled(pod)
        .or(() -> ended(pod))
        .or(
            () ->
                Pods.containers(pod).stream()
                    .flatMap(container -> waiting(pod, container).stream())
                    .findFirst());
  }

  /** The newest warning about an object. */
  Optional<Map<String, Object>> warning(
      Map<String, Object> object, Predicate<Map<String, Object>> about) {
    var namespace = Pods.namespace(object);
    return api
        .list(
            "/api/v1/namespaces/" + namespace + "/events",
            Map.of("fieldSelector", "type=Warning,involvedObject.uid=" + Pods.uid(object)),
            "list events in namespace " + namespace)
        .stream()
        .filter(about)
        .max(Comparator.comparing(Troubles::time));
  }

  static PodTrouble trouble(String name, String reason, String words) {
    return new PodTrouble(name, reason, words.strip(), FATAL.contains(reason));
  }

  /** What something that has a reason and a message says. */
  static PodTrouble trouble(Map<String, Object> object, Map<String, Object> says) {
    return trouble(
        Pods.name(object),
        Json.textOr("Unready", says, "reason"),
        Json.textOr("", says, "message"));
  }

  private static Optional<PodTrouble> unscheduled(Map<String, Object> pod) {
    return Pods.condition(pod, "PodScheduled")
        .filter(scheduled -> "False".equals(scheduled.get("status")))
        .map(scheduled -> trouble(pod, scheduled));
  }

  /** Evicted, DeadlineExceeded, NodeLost … */
  private static Optional<PodTrouble> ended(Map<String, Object> pod) {
    return "Failed".equals(Pods.phase(pod)) && Json.text(pod, "status", "reason") != null
        ? Optional.of(trouble(pod, Json.map(pod, "status")))
        : Optional.empty();
  }

  private Optional<PodTrouble> waiting(Map<String, Object> pod, Map<String, Object> container) {
    var waiting = Json.map(container, "state", "waiting");
    var reason = Json.textOr("", waiting, "reason");
    if (reason.isEmpty() || STARTING.contains(reason)) {
      return Optional.empty();
    }
    var name = Json.textOr("", container, "name");
    var words = "container " + name + ": " + Json.textOr("", waiting, "message");
    var last = Json.map(container, "lastState", "terminated");
    return Optional.of(
        trouble(
            Pods.name(pod),
            reason,
            last.isEmpty() ? words : words + "; " + exit(last) + lastLines(pod, name, true)));
  }

  private Optional<PodTrouble> crashed(Map<String, Object> pod, Map<String, Object> container) {
    var ended = Json.map(container, "state", "terminated");
    if (ended.isEmpty() || Json.number(ended, "exitCode") == 0) {
      return Optional.empty();
    }
    var name = Json.textOr("", container, "name");
    return Optional.of(
        trouble(
            Pods.name(pod),
            Json.textOr("Error", ended, "reason"),
            "container " + name + " " + exit(ended) + lastLines(pod, name, false)));
  }

  private PodTrouble unready(Map<String, Object> pod) {
    var warning =
        isYoung(pod)
            ? Optional.<Map<String, Object>>empty()
            : warning(pod, event -> Json.text(event, "message") != null);
    if (warning.isPresent()) {
      var said = trouble(pod, warning.get());
      return said.reason().equals("Unhealthy")
          ? trouble(said.pod(), "Unready", said.words())
          : said;
    }
    return Pods.containers(pod).stream()
        .map(container -> Json.map(container, "state", "waiting"))
        .filter(waiting -> !waiting.isEmpty())
        .findFirst()
        .map(waiting -> trouble(pod, waiting))
        .orElseGet(
            () ->
                trouble(
                    Pods.name(pod),
                    "Unready",
                    Pods.condition(pod, "Ready")
                        .map(ready -> Json.textOr("", ready, "message"))
                        .orElse("")));
  }

  /** By this server's clock; where the cluster's is far from it, no pod is young. */
  private boolean isYoung(Map<String, Object> pod) {
    var created = Pods.instant(pod, "metadata", "creationTimestamp");
    var age = created == null ? YOUNG : Duration.between(created, clock.instant());
    return !age.isNegative() && age.compareTo(YOUNG) < 0;
  }

  private static String exit(Map<String, Object> ended) {
    var reason = Json.textOr("Error", ended, "reason");
    var message = Json.textOr("", ended, "message").strip();
    return "ended with exit code "
        + Json.number(ended, "exitCode")
        + (reason.equals("Error") ? "" : " (" + reason + ")")
        + (message.isEmpty() ? "" : ": " + message);
  }

  private String lastLines(Map<String, Object> pod, String container, boolean previous) {
    var name = Pods.name(pod);
    var path =
        Api.query(
            "/api/v1/namespaces/" + Pods.namespace(pod) + "/pods/" + Api.encoded(name) + "/log",
            Map.of(
                "container",
                container,
                "previous",
                String.valueOf(previous),
                "tailLines",
                String.valueOf(LOG_LINES),
                "limitBytes",
                String.valueOf(LOG_BYTES)));
    try (InputStream log = api.stream(path, "read the log of pod " + name)) {
      var said = new String(log.readNBytes(LOG_BYTES), StandardCharsets.UTF_8).strip();
      // It may be cut inside of a secret.
      var text = secrets.masking().maskOpen(said).shown();
      return text.isEmpty() ? ", and wrote nothing" : "; last lines of its log:\n" + text;
    } catch (ClusterException | IOException e) {
      return ""; // The log may be gone already; what the pod says is enough.
    }
  }

  private static String time(Map<String, Object> event) {
    return Stream.of(
            Json.textOr("", event, "lastTimestamp"),
            Json.textOr("", event, "eventTime"),
            Json.textOr("", event, "metadata", "creationTimestamp"))
        .filter(time -> !time.isEmpty())
        .findFirst()
        .orElse("");
  }
}
