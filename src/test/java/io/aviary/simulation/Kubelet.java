package io.aviary.simulation;

import io.aviary.simulation.Behaviour.CannotPull;
import io.aviary.simulation.Behaviour.CannotStart;
import io.aviary.simulation.Behaviour.Crashes;
import io.aviary.simulation.Behaviour.Execution;
import io.aviary.simulation.Behaviour.NeverReady;
import io.aviary.simulation.Behaviour.Reply;
import io.aviary.simulation.Behaviour.Response;
import io.aviary.simulation.Behaviour.Runs;
import io.aviary.simulation.Behaviour.Serves;
import io.aviary.simulation.Behaviour.Unschedulable;
import io.aviary.simulation.ObjectStore.Change;
import io.aviary.simulation.ObjectStore.What;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Scheduler and kubelet of the one simulated node: the life of pods, from Pending to gone. */
final class Kubelet {

  private static final String COMPONENT = "kubelet";
  private static final Pattern REFERENCE = Pattern.compile("\\$\\$|\\$\\((\\w+)\\)");
  private static final Duration SHORTEST_PERIOD = Duration.ofMillis(200);
  private static final Map<String, String> NODE_LABELS =
      Map.of(
          "kubernetes.io/hostname", "simulated",
          "kubernetes.io/os", "linux",
          "kubernetes.io/arch", "amd64");

  private static final Map<String, BigDecimal> CAPACITY =
      Map.of("cpu", BigDecimal.valueOf(64), "memory", BigDecimal.valueOf(1L << 38));

  /** What the kubelet knows of a pod beyond the pod. Touched by the work queue only. */
  private static final class Life {
    final ObjectKey key;
    final String uid;
    final Map<String, ContainerLog> logs = new ConcurrentHashMap<>();
    final Map<String, Thread> scripts = new ConcurrentHashMap<>();
    final Map<String, Integer> starts = new HashMap<>();
    volatile Map<String, Behaviour> behaviours = Map.of();
    @Nullable Instant readySince;
    boolean stopped;

    Life(ObjectKey key, String uid) {
      this.key = key;
      this.uid = uid;
    }
  }

  private final ObjectStore store;
  private final WorkQueue work;
  private final Pace pace;
  private final Behaviours behaviours;
  private final EventRecorder events;
  private final ServiceNetwork network;
  private final Function<String, String> imageId;
  private final Map<String, Life> lives = new ConcurrentHashMap<>();
  private int addresses;

  /**
   * Makes the node.
   *
   * @param imageId the reference with digest that a reference stands for
   */
  Kubelet(
      ObjectStore store,
      WorkQueue work,
      Pace pace,
      Behaviours behaviours,
      Function<String, String> imageId) {
    this.store = store;
    this.work = work;
    this.pace = pace;
    this.behaviours = behaviours;
    this.imageId = imageId;
    this.events = new EventRecorder(store);
    this.network = new ServiceNetwork(store, this::application);
    store.create(new ObjectKey(Kind.NODE, "", "simulated"), node());
  }

  private static ObjectNode node() {
    var node = Json.object().put("apiVersion", "v1").put("kind", "Node");
    node.putObject("metadata").set("labels", Json.object(NODE_LABELS));
    node.putObject("spec");
    node.putObject("status");
    PodStatus.condition(node, "Ready", true, "KubeletReady", "simulated", "2026-01-01T00:00:00Z");
    return node;
  }

  /** Takes note of a change; called while the store is locked. */
  void note(Change change) {
    if (change.key().kind() != Kind.POD) {
      return;
    }
    var uid = ObjectStore.uid(change.object());
    if (change.type() == What.ADDED) {
      lives.put(uid, new Life(change.key(), uid));
      work.after(pace.scheduling(), () -> schedule(uid));
    } else if (change.type() == What.DELETED) {
      work.after(Duration.ZERO, () -> forget(uid));
    } else if (ObjectStore.isTerminating(change.object())) {
      work.soon("stop " + uid, () -> stop(uid));
    }
  }

  /** Since when a pod is ready without interruption. Called by controllers. */
  Optional<Instant> readySince(String uid) {
    return Optional.ofNullable(lives.get(uid))
        .flatMap(life -> Optional.ofNullable(life.readySince));
  }

  /** The log of the container that the request names, or of the only one. */
  String log(ObjectNode pod, ApiRequest request) {
    var containers = Json.objects(Json.at(pod, "spec", "containers"));
    var name =
        request.parameter("container").isEmpty() && containers.size() == 1
            ? Json.text(containers.getFirst(), "name")
            : request.parameter("container");
    var podName = Json.text(pod, "metadata", "name");
    if (containers.stream().noneMatch(each -> Json.text(each, "name").equals(name))) {
      throw ApiException.badRequest(
          "container %s is not valid for pod %s".formatted(name, podName));
    }
    var life = lives.get(ObjectStore.uid(pod));
    var log = life == null ? null : life.logs.get(name);
    if (log == null) {
      var state = Json.at(PodStatus.container(pod.deepCopy(), name), "state", "waiting");
      throw ApiException.badRequest(
          "container \"%s\" in pod \"%s\" is waiting to start: %s"
              .formatted(
                  name,
                  podName,
                  Json.text(state, "reason").isEmpty()
                      ? "ContainerCreating"
                      : Json.text(state, "reason")));
    }
    return log.read(request);
  }

  /** Whether no script runs. */
  boolean isQuiet() {
    return lives.values().stream()
        .flatMap(life -> life.scripts.values().stream())
        .noneMatch(Thread::isAlive);
  }

  void close() {
    lives.values().forEach(life -> life.scripts.values().forEach(Thread::interrupt));
  }

  // ---- scheduling

  private void schedule(String uid) {
    alive(uid)
        .ifPresent(
            life -> {
              var pod = store.get(life.key);
              var refusal = refusal(pod);
              if (refusal != null) {
                update(
                    life,
                    changed ->
                        PodStatus.condition(
                            changed, "PodScheduled", false, "Unschedulable", refusal, store.now()));
                events.warn(pod, "FailedScheduling", refusal, "default-scheduler");
                return;
              }
              update(life, this::place);
              deadline(life, pod);
              work.after(pace.starting(), () -> startAll(uid));
            });
  }

  private @Nullable String refusal(ObjectNode pod) {
    var wanted = Json.stringMap(Json.at(pod, "spec", "nodeSelector"));
    if (!NODE_LABELS.entrySet().containsAll(wanted.entrySet())) {
      return "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."
          + " preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
    }
    for (var container : Json.objects(Json.at(pod, "spec", "containers"))) {
      var scarce = scarce(Json.at(container, "resources", "requests"));
      if (scarce != null) {
        return "0/1 nodes are available: 1 Insufficient %s. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."
            .formatted(scarce);
      }
      if (behaviours.of(container(pod, container, Map.of())) instanceof Unschedulable there) {
        return there.words();
      }
    }
    return null;
  }

  private static @Nullable String scarce(JsonNode requests) {
    for (var capacity : CAPACITY.entrySet()) {
      var asked = Json.text(requests, capacity.getKey());
      if (!asked.isEmpty()
          && Quantity.getAmountInBytes(new Quantity(asked)).compareTo(capacity.getValue()) > 0) {
        return capacity.getKey();
      }
    }
    return null;
  }

  private void place(ObjectNode pod) {
    var now = store.now();
    addresses++;
    var address = "10.244.%d.%d".formatted(addresses / 250, addresses % 250 + 2);
    Json.make(pod, "spec").put("nodeName", "simulated");
    var status =
        Json.make(pod, "status")
            .put("hostIP", "10.0.0.1")
            .put("podIP", address)
            .put("startTime", now);
    status.putArray("podIPs").add(Json.object().put("ip", address));
    PodStatus.condition(pod, "PodScheduled", true, "", "", now);
    PodStatus.condition(pod, "Initialized", true, "", "", now);
    unready(pod);
    for (var container : Json.objects(Json.at(pod, "spec", "containers"))) {
      PodStatus.container(pod, Json.text(container, "name"))
          .put("image", Json.text(container, "image"))
          .put("imageID", "")
          .set("state", PodStatus.waiting("ContainerCreating", ""));
    }
  }

  private void deadline(Life life, ObjectNode pod) {
    var seconds = Json.number(pod, 0, "spec", "activeDeadlineSeconds");
    if (seconds > 0) {
      work.after(Duration.ofSeconds(seconds), () -> alive(life.uid).ifPresent(this::expire));
    }
  }

  private void expire(Life life) {
    if (PodStatus.isFinished(store.get(life.key))) {
      return;
    }
    halt(life);
    update(
        life,
        pod -> {
          Json.make(pod, "status")
              .put("phase", "Failed")
              .put("reason", "DeadlineExceeded")
              .put("message", "Pod was active on the node longer than the specified deadline");
          unready(pod);
          for (var status : Json.objects(Json.at(pod, "status", "containerStatuses"))) {
            var started = Json.text(status, "state", "running", "startedAt");
            if (!started.isEmpty()) {
              status.set("state", PodStatus.terminated(137, "Error", null, started, store.now()));
              status.put("ready", false).put("started", false);
            }
          }
        });
  }

  // ---- containers

  private void startAll(String uid) {
    alive(uid)
        .ifPresent(
            life ->
                Json.objects(Json.at(store.get(life.key), "spec", "containers"))
                    .forEach(container -> start(life, Json.text(container, "name"))));
  }

  private void start(Life life, String name) {
    var pod = store.get(life.key);
    var spec =
        Json.objects(Json.at(pod, "spec", "containers")).stream()
            .filter(each -> Json.text(each, "name").equals(name))
            .findFirst()
            .orElseThrow();
    var secrets = secrets(pod, spec);
    if (secrets.missing() != null) {
      waitFor(life, name, "CreateContainerConfigError", secrets.missing(), 2);
      return;
    }
    var container = container(pod, spec, secrets.env()).withFiles(secrets.files());
    var behaviour = behaviours.of(container);
    var all = new HashMap<>(life.behaviours);
    all.put(name, behaviour);
    life.behaviours = Map.copyOf(all);
    switch (behaviour) {
      case CannotPull refused -> cannotPull(life, name, container.image(), refused.words());
      case CannotStart refused -> cannotStart(life, name, refused.words());
      case Crashes crash -> {
        run(life, name);
        crash.log().forEach(log(life, name)::write);
        work.after(
            pace.becomingReady(),
            () -> ended(life, name, crash.exitCode(), null, starts(life, name)));
      }
      case Runs task -> {
        run(life, name);
        execute(life, container, task);
        probe(life, name, spec.path("readinessProbe"), starts(life, name));
      }
      case Serves any -> {
        run(life, name);
        probe(life, name, spec.path("readinessProbe"), starts(life, name));
      }
      case NeverReady any -> {
        run(life, name);
        probe(life, name, spec.path("readinessProbe"), starts(life, name));
      }
      case Unschedulable late ->
          waitFor(life, name, "ContainerCreating", "simulation: " + late.words(), 10);
    }
  }

  private void run(Life life, String name) {
    life.starts.merge(name, 1, Integer::sum);
    log(life, name).rotate();
    update(
        life,
        pod -> {
          Json.make(pod, "status").put("phase", "Running");
          var status = PodStatus.container(pod, name);
          status
              .put("imageID", imageId.apply(Json.text(status, "image")))
              .put("containerID", "containerd://" + life.uid.replace("-", "") + name.hashCode())
              .put("started", true)
              .put("restartCount", starts(life, name) - 1)
              .set("state", PodStatus.running(store.now()));
        });
  }

  private void cannotPull(Life life, String name, String image, String words) {
    var message = "failed to pull and unpack image \"%s\": %s".formatted(image, words);
    update(
        life,
        pod ->
            PodStatus.container(pod, name)
                .set("state", PodStatus.waiting("ErrImagePull", message)));
    events.warn(
        store.get(life.key),
        "Failed",
        "Failed to pull image \"%s\": %s".formatted(image, message),
        COMPONENT);
    later(
        life,
        pace.shorten(Duration.ofSeconds(1)),
        () ->
            waitFor(
                life,
                name,
                "ImagePullBackOff",
                "Back-off pulling image \"%s\": ErrImagePull: %s".formatted(image, message),
                10));
  }

  private void cannotStart(Life life, String name, String words) {
    life.starts.merge(name, 1, Integer::sum);
    events.warn(
        store.get(life.key),
        "Failed",
        "Error: failed to start container \"%s\": %s".formatted(name, words),
        COMPONENT);
    finish(life, name, 128, "StartError", words, "1970-01-01T00:00:00Z");
  }

  private void waitFor(Life life, String name, String reason, String message, int seconds) {
    update(
        life,
        pod -> PodStatus.container(pod, name).set("state", PodStatus.waiting(reason, message)));
    later(life, pace.seconds(seconds), () -> start(life, name));
  }

  private void execute(Life life, Container container, Runs task) {
    var execution = new ScriptExecution(container, log(life, container.name()));
    var number = starts(life, container.name());
    life.scripts.put(
        container.name(),
        Thread.ofVirtual()
            .name("container of " + container.pod())
            .start(
                () -> {
                  try {
                    var code = task.script().run(execution);
                    work.after(
                        Duration.ZERO,
                        () -> ended(life, container.name(), code, execution.message, number));
                  } catch (InterruptedException e) {
                    // Stopped from outside: who did that writes the status.
                  } catch (RuntimeException e) {
                    execution.log("simulation: " + e);
                    work.after(
                        Duration.ZERO,
                        () -> ended(life, container.name(), 1, "simulation: " + e, number));
                  }
                }));
  }

  private void ended(Life life, String name, int exitCode, @Nullable String message, int start) {
    alive(life.uid)
        .filter(
            there -> starts(there, name) == start && !PodStatus.isFinished(store.get(there.key)))
        .ifPresent(
            there -> {
              var status = PodStatus.container(store.get(life.key).deepCopy(), name);
              finish(
                  there,
                  name,
                  exitCode,
                  exitCode == 0 ? "Completed" : "Error",
                  message,
                  Json.text(status, "state", "running", "startedAt"));
            });
  }

  private void finish(
      Life life, String name, int exitCode, String reason, @Nullable String message, String since) {
    var pod = store.get(life.key);
    log(life, name).end();
    var policy = Json.text(pod, "spec", "restartPolicy");
    var state =
        PodStatus.terminated(
            exitCode, reason, message(life, name, pod, exitCode, message), since, store.now());
    if (policy.equals("Never") || (policy.equals("OnFailure") && exitCode == 0)) {
      update(
          life,
          changed -> {
            var status = PodStatus.container(changed, name).put("ready", false);
            status.put("started", false).set("state", state);
            unready(changed);
            conclude(changed);
          });
      return;
    }
    var starts = starts(life, name);
    var seconds = (int) Math.min(300, 10 * Math.pow(2, Math.min(starts - 1, 5)));
    var words =
        "back-off %ds restarting failed container=%s pod=%s_%s(%s)"
            .formatted(seconds, name, life.key.name(), life.key.namespace(), life.uid);
    update(
        life,
        changed -> {
          var status = PodStatus.container(changed, name).put("ready", false);
          status.put("started", false).put("restartCount", starts).set("lastState", state);
          status.set("state", PodStatus.waiting("CrashLoopBackOff", words));
          unready(changed);
        });
    events.warn(pod, "BackOff", "Back-off restarting failed container " + name, COMPONENT);
    later(life, pace.seconds(seconds), () -> start(life, name));
  }

  private @Nullable String message(
      Life life, String name, ObjectNode pod, int exitCode, @Nullable String message) {
    var fallback =
        Json.objects(Json.at(pod, "spec", "containers")).stream()
            .anyMatch(
                each ->
                    Json.text(each, "name").equals(name)
                        && Json.text(each, "terminationMessagePolicy")
                            .equals("FallbackToLogsOnError"));
    return message == null && fallback && exitCode != 0 ? log(life, name).tail(80) : message;
  }

  /** The phase, once all containers have ended. */
  private static void conclude(ObjectNode pod) {
    var statuses = Json.objects(Json.at(pod, "status", "containerStatuses"));
    if (statuses.stream().allMatch(each -> each.path("state").has("terminated"))) {
      var good =
          statuses.stream()
              .allMatch(each -> Json.number(each, 1, "state", "terminated", "exitCode") == 0);
      Json.make(pod, "status").put("phase", good ? "Succeeded" : "Failed");
    }
  }

  // ---- readiness

  private void probe(Life life, String name, JsonNode probe, int start) {
    var delay =
        pace.becomingReady().plus(pace.seconds(Json.number(probe, 0, "initialDelaySeconds")));
    later(life, delay, () -> probeNow(life, name, probe, start));
  }

  private void probeNow(Life life, String name, JsonNode probe, int start) {
    var pod = store.get(life.key);
    var running = PodStatus.container(pod.deepCopy(), name).path("state").has("running");
    if (starts(life, name) != start || !running) {
      return;
    }
    var failure = failure(life.behaviours.get(name), pod, probe);
    if (failure != null) {
      events.warn(pod, "Unhealthy", "Readiness probe failed: " + failure, COMPONENT);
    }
    update(
        life,
        changed -> {
          PodStatus.container(changed, name).put("ready", failure == null);
          if (Json.objects(Json.at(changed, "status", "containerStatuses")).stream()
              .allMatch(each -> each.path("ready").asBoolean(false))) {
            PodStatus.condition(changed, "ContainersReady", true, "", "", store.now());
            PodStatus.condition(changed, "Ready", true, "", "", store.now());
            if (life.readySince == null) {
              life.readySince = store.clock().instant();
            }
          } else {
            unready(changed);
            life.readySince = null;
          }
        });
    if (!probe.isMissingNode()) {
      var period = pace.seconds(Json.number(probe, 10, "periodSeconds"));
      later(
          life,
          period.compareTo(SHORTEST_PERIOD) < 0 ? SHORTEST_PERIOD : period,
          () -> probeNow(life, name, probe, start));
    }
  }

  private static @Nullable String failure(
      @Nullable Behaviour behaviour, ObjectNode pod, JsonNode probe) {
    if (probe.isMissingNode()) {
      return null;
    }
    if (behaviour instanceof NeverReady never) {
      return never.words();
    }
    var http = probe.path("httpGet");
    if (!(behaviour instanceof Serves serving) || http.isMissingNode()) {
      return null;
    }
    var path = Json.text(http, "path");
    return switch (serving.application().reply("GET", path, "")) {
      case Reply.Answer answer ->
          answer.status() < 400 ? null : "HTTP probe failed with statuscode: " + answer.status();
      case Reply.Silence silence ->
          "Get \"http://%s:%s%s\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
              .formatted(Json.text(pod, "status", "podIP"), Json.text(http, "port"), path);
    };
  }

  private void unready(ObjectNode pod) {
    var names =
        Json.objects(Json.at(pod, "spec", "containers")).stream()
            .map(container -> Json.text(container, "name"))
            .filter(name -> !PodStatus.container(pod, name).path("ready").asBoolean(false))
            .toList();
    var finished = PodStatus.isFinished(pod);
    var reason = finished ? "PodCompleted" : "ContainersNotReady";
    var words = finished ? "" : "containers with unready status: [" + String.join(" ", names) + "]";
    PodStatus.condition(pod, "Ready", false, reason, words, store.now());
    PodStatus.condition(pod, "ContainersReady", false, reason, words, store.now());
  }

  // ---- the end

  private void stop(String uid) {
    var life = lives.get(uid);
    if (life == null || life.stopped) {
      return;
    }
    halt(life);
    life.stopped = true;
    work.after(pace.ending(), () -> store.remove(life.key, uid));
  }

  private void forget(String uid) {
    var life = lives.remove(uid);
    if (life != null) {
      halt(life);
    }
  }

  private static void halt(Life life) {
    life.scripts.values().forEach(Thread::interrupt);
    life.scripts.clear();
    life.readySince = null;
  }

  // ---- helpers

  private @Nullable Behaviour application(String uid) {
    var life = lives.get(uid);
    return life == null || life.stopped
        ? null
        : life.behaviours.values().stream()
            .filter(Serves.class::isInstance)
            .findFirst()
            .orElse(null);
  }

  private Optional<Life> alive(String uid) {
    return Optional.ofNullable(lives.get(uid))
        .filter(life -> !life.stopped && store.byUid(uid).isPresent());
  }

  private void later(Life life, Duration delay, Runnable step) {
    work.after(
        delay,
        () ->
            alive(life.uid)
                .filter(there -> !PodStatus.isFinished(store.get(there.key)))
                .ifPresent(there -> step.run()));
  }

  private void update(Life life, Consumer<ObjectNode> change) {
    store.tryUpdate(
        life.key,
        pod -> {
          if (ObjectStore.uid(pod).equals(life.uid)) {
            change.accept(pod);
          }
          return pod;
        });
  }

  private static int starts(Life life, String name) {
    return life.starts.getOrDefault(name, 0);
  }

  private ContainerLog log(Life life, String name) {
    return life.logs.computeIfAbsent(name, any -> new ContainerLog(store.clock()));
  }

  private static Container container(
      ObjectNode pod, ObjectNode spec, Map<String, String> secretEnv) {
    var env = new HashMap<String, String>();
    for (var variable : Json.objects(spec.path("env"))) {
      env.put(Json.text(variable, "name"), Json.text(variable, "value"));
    }
    env.putAll(secretEnv);
    var command = new java.util.ArrayList<>(Json.strings(spec.path("command")));
    command.addAll(Json.strings(spec.path("args")));
    return new Container(
        Json.text(pod, "metadata", "namespace"),
        Json.text(pod, "metadata", "name"),
        Json.text(spec, "name"),
        Json.text(spec, "image"),
        Json.stringMap(Json.at(pod, "metadata", "labels")),
        command.stream().map(word -> expand(word, env)).toList(),
        Map.copyOf(env),
        Map.of(),
        !Json.text(pod, "spec", "restartPolicy").equals("Always"));
  }

  /** As the kubelet does it: {@code $(NAME)} is a variable, {@code $$} a dollar. */
  private static String expand(String word, Map<String, String> env) {
    return REFERENCE
        .matcher(word)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    match.group(1) == null
                        ? "$"
                        : env.getOrDefault(match.group(1), match.group())));
  }

  private record Secrets(
      Map<String, String> env, Map<String, String> files, @Nullable String missing) {}

  private Secrets secrets(ObjectNode pod, ObjectNode container) {
    var namespace = Json.text(pod, "metadata", "namespace");
    var env = new HashMap<String, String>();
    for (var variable : Json.objects(container.path("env"))) {
      var reference = Json.at(variable, "valueFrom", "secretKeyRef");
      if (reference.isMissingNode()) {
        continue;
      }
      var name = Json.text(reference, "name");
      var secret = store.find(new ObjectKey(Kind.SECRET, namespace, name));
      if (secret.isEmpty()) {
        return new Secrets(Map.of(), Map.of(), "secret \"%s\" not found".formatted(name));
      }
      var key = Json.text(reference, "key");
      if (!secret.get().path("data").has(key)) {
        return new Secrets(
            Map.of(),
            Map.of(),
            "couldn't find key %s in Secret %s/%s".formatted(key, namespace, name));
      }
      env.put(Json.text(variable, "name"), decoded(secret.get(), key));
    }
    var files = new HashMap<String, String>();
    for (var mount : Json.objects(container.path("volumeMounts"))) {
      var volume =
          Json.objects(Json.at(pod, "spec", "volumes")).stream()
              .filter(each -> Json.text(each, "name").equals(Json.text(mount, "name")))
              .findFirst()
              .orElse(Json.object());
      for (var source : sources(volume)) {
        var secret = store.find(new ObjectKey(Kind.SECRET, namespace, Json.text(source, "name")));
        if (secret.isEmpty()) {
          events.warn(
              pod,
              "FailedMount",
              "MountVolume.SetUp failed for volume \"%s\" : secret \"%s\" not found"
                  .formatted(Json.text(mount, "name"), Json.text(source, "name")),
              COMPONENT);
          continue;
        }
        mounted(source, secret.get())
            .forEach((file, text) -> files.put(Json.text(mount, "mountPath") + "/" + file, text));
      }
    }
    return new Secrets(env, files, null);
  }

  /** The Secrets of a volume, alone or projected, in the form of a projection. */
  private static List<ObjectNode> sources(ObjectNode volume) {
    if (volume.get("secret") instanceof ObjectNode secret) {
      return List.of(secret.deepCopy().put("name", Json.text(secret, "secretName")));
    }
    return Json.objects(Json.at(volume, "projected", "sources")).stream()
        .flatMap(source -> Stream.ofNullable(source.get("secret")))
        .map(ObjectNode.class::cast)
        .toList();
  }

  private static Map<String, String> mounted(ObjectNode source, ObjectNode secret) {
    var files = new HashMap<String, String>();
    var items = Json.objects(source.path("items"));
    if (items.isEmpty()) {
      secret.path("data").propertyNames().forEach(key -> files.put(key, decoded(secret, key)));
    }
    for (var item : items) {
      if (secret.path("data").has(Json.text(item, "key"))) {
        files.put(Json.text(item, "path"), decoded(secret, Json.text(item, "key")));
      }
    }
    return files;
  }

  private static String decoded(ObjectNode secret, String key) {
    return new String(
        java.util.Base64.getDecoder().decode(Json.text(secret, "data", key)),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  private final class ScriptExecution implements Execution {
    private final Container container;
    private final ContainerLog log;
    private volatile @Nullable String message;

    ScriptExecution(Container container, ContainerLog log) {
      this.container = container;
      this.log = log;
    }

    @Override
    public Container container() {
      return container;
    }

    @Override
    public void log(String line) {
      log.write(line);
    }

    @Override
    public void leave(String terminationMessage) {
      message = terminationMessage;
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
      Thread.sleep(pace.shorten(time));
    }

    @Override
    public Response request(String method, String host, String path, String body)
        throws InterruptedException {
      var response = network.request(container.namespace(), method, host, path, body);
      if (response instanceof Response.Failed failed && failed.curl() == 28) {
        pause(Duration.ofSeconds(3));
      }
      return response;
    }
  }
}
