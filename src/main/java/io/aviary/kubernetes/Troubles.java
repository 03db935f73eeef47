package io.aviary.kubernetes;

import io.aviary.kubernetes.Cluster.PodTrouble;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventList;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Why a pod is not ready, in the cluster's own words. */
final class Troubles {

  /** A pod with one of these will not become ready by waiting for long. */
  static final Set<String> FATAL =
      Set.of(
          "CrashLoopBackOff",
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "CreateContainerConfigError");

  private static final Set<String> STARTING = Set.of("ContainerCreating", "PodInitializing");
  private static final int LOG_LINES = 10;
  private static final int LOG_BYTES = 4096;

  private final Api api;

  Troubles(Api api) {
    this.api = api;
  }

  PodTrouble of(Pod pod) {
    return unscheduled(pod)
        .or(() -> ended(pod))
        .or(() -> containers(pod))
        .orElseGet(() -> unready(pod));
  }

  /** Why a pod does not start, or has been ended; empty while nothing is wrong. */
  Optional<PodTrouble> ofTask(Pod pod) {
    return unscheduled(pod)
        .or(() -> ended(pod))
        .or(
            () ->
                Pods.containers(pod).stream()
                    .flatMap(container -> waiting(pod, container).stream())
                    .findFirst());
  }

  /** The newest warning about an object. */
  Optional<Event> warning(String namespace, String uid, Predicate<Event> about) {
    var path = "/api/v1/namespaces/" + namespace + "/events";
    var query = Map.of("fieldSelector", "type=Warning,involvedObject.uid=" + uid);
    return api
        .list(path, query, EventList.class, "list events in namespace " + namespace)
        .map(EventList::getItems)
        .stream()
        .flatMap(events -> events.stream())
        .filter(about)
        .max(Comparator.comparing(Troubles::time));
  }

  static PodTrouble trouble(String name, String reason, String words) {
    return new PodTrouble(name, reason, words.strip(), FATAL.contains(reason));
  }

  private static Optional<PodTrouble> unscheduled(Pod pod) {
    return Pods.condition(pod, "PodScheduled")
        .filter(scheduled -> "False".equals(scheduled.getStatus()))
        .map(
            scheduled ->
                trouble(
                    name(pod),
                    said(scheduled.getReason(), "Unschedulable"),
                    said(scheduled.getMessage(), "")));
  }

  /** Evicted, DeadlineExceeded, NodeLost … */
  private static Optional<PodTrouble> ended(Pod pod) {
    return Optional.ofNullable(pod.getStatus())
        .filter(status -> "Failed".equals(status.getPhase()) && status.getReason() != null)
        .map(status -> trouble(name(pod), status.getReason(), said(status.getMessage(), "")));
  }

  private Optional<PodTrouble> containers(Pod pod) {
    return Pods.containers(pod).stream()
        .flatMap(container -> waiting(pod, container).or(() -> crashed(pod, container)).stream())
        .findFirst();
  }

  private Optional<PodTrouble> waiting(Pod pod, ContainerStatus container) {
    return Optional.ofNullable(container.getState())
        .map(state -> state.getWaiting())
        .filter(waiting -> waiting.getReason() != null && !STARTING.contains(waiting.getReason()))
        .map(waiting -> trouble(name(pod), waiting.getReason(), words(pod, container, waiting)));
  }

  private String words(Pod pod, ContainerStatus container, ContainerStateWaiting waiting) {
    var words = "container " + container.getName() + ": " + said(waiting.getMessage(), "");
    var last = container.getLastState() == null ? null : container.getLastState().getTerminated();
    return last == null
        ? words
        : words + "; " + exit(last) + lastLines(pod, container.getName(), true);
  }

  private Optional<PodTrouble> crashed(Pod pod, ContainerStatus container) {
    return Optional.ofNullable(container.getState())
        .map(state -> state.getTerminated())
        .filter(ended -> ended.getExitCode() == null || ended.getExitCode() != 0)
        .map(
            ended ->
                trouble(
                    name(pod),
                    said(ended.getReason(), "Error"),
                    "container "
                        + container.getName()
                        + " "
                        + exit(ended)
                        + lastLines(pod, container.getName(), false)));
  }

  private PodTrouble unready(Pod pod) {
    var namespace = pod.getMetadata().getNamespace();
    var warning =
        warning(namespace, pod.getMetadata().getUid(), event -> event.getMessage() != null);
    if (warning.isPresent()) {
      var reason = said(warning.get().getReason(), "");
      return trouble(
          name(pod),
          reason.equals("Unhealthy") ? "Unready" : said(reason, "Unready"),
          warning.get().getMessage());
    }
    return Pods.containers(pod).stream()
        .filter(container -> container.getState() != null)
        .flatMap(container -> Stream.ofNullable(container.getState().getWaiting()))
        .findFirst()
        .map(waiting -> trouble(name(pod), said(waiting.getReason(), "Unready"), ""))
        .orElseGet(
            () ->
                trouble(
                    name(pod),
                    "Unready",
                    Pods.condition(pod, "Ready").map(ready -> ready.getMessage()).orElse("")));
  }

  private static String exit(ContainerStateTerminated ended) {
    var reason = said(ended.getReason(), "Error");
    return "ended with exit code "
        + ended.getExitCode()
        + (reason.equals("Error") ? "" : " (" + reason + ")")
        + (ended.getMessage() == null ? "" : ": " + ended.getMessage().strip());
  }

  private String lastLines(Pod pod, String container, boolean previous) {
    var path =
        Api.query(
            "/api/v1/namespaces/"
                + pod.getMetadata().getNamespace()
                + "/pods/"
                + name(pod)
                + "/log",
            Map.of(
                "container",
                container,
                "previous",
                String.valueOf(previous),
                "tailLines",
                String.valueOf(LOG_LINES),
                "limitBytes",
                String.valueOf(LOG_BYTES)));
    try (InputStream log = api.stream(path, "read the log of pod " + name(pod))) {
      var text = new String(log.readNBytes(LOG_BYTES), StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? ", and wrote nothing" : "; last lines of its log:\n" + text;
    } catch (ClusterException | IOException e) {
      return ""; // The log may be gone already; what the pod says is enough.
    }
  }

  private static String time(Event event) {
    return Stream.of(
            event.getLastTimestamp(),
            event.getEventTime() == null ? null : event.getEventTime().getTime(),
            event.getMetadata().getCreationTimestamp())
        .filter(time -> time != null)
        .findFirst()
        .orElse("");
  }

  private static String name(Pod pod) {
    return pod.getMetadata().getName();
  }

  private static String said(String text, String otherwise) {
    return text == null || text.isBlank() ? otherwise : text;
  }
}
