package io.aviary.simulation;

import io.aviary.simulation.ObjectStore.Deletion;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Deployments to ReplicaSets: rolling update, recreation, scaling, status. */
final class DeploymentController {

  private static final String HASH = "pod-template-hash";
  private static final String REVISION = "deployment.kubernetes.io/revision";

  private final ObjectStore store;
  private final WorkQueue work;
  private final Pace pace;

  /** By uid: how far it was, and since when. */
  private final Map<String, Progress> progress = new HashMap<>();

  private record Progress(String state, Instant since) {}

  DeploymentController(ObjectStore store, WorkQueue work, Pace pace) {
    this.store = store;
    this.work = work;
    this.pace = pace;
  }

  void reconcile(ObjectKey key) {
    var found = store.find(key);
    if (found.isEmpty() || ObjectStore.isTerminating(found.get())) {
      found.map(ObjectStore::uid).ifPresent(progress::remove);
      return;
    }
    var deployment = found.get();
    if (!Json.at(deployment, "spec", "paused").asBoolean(false)) {
      roll(key, deployment);
    }
    status(key, ObjectStore.uid(deployment));
  }

  private void roll(ObjectKey key, ObjectNode deployment) {
    var sets = sets(deployment);
    var current = current(deployment, sets).orElseGet(() -> create(deployment, sets));
    var old = sets.stream().filter(set -> !same(set, current)).toList();
    revise(key, current);
    if (Json.text(deployment, "spec", "strategy", "type").equals("Recreate")) {
      recreate(deployment, current, old);
    } else {
      replace(deployment, current, old);
    }
    forgetOldest(deployment, old);
  }

  private void recreate(ObjectNode deployment, ObjectNode current, List<ObjectNode> old) {
    old.forEach(set -> scale(set, 0));
    var gone =
        old.stream().allMatch(set -> store.dependents(ObjectStore.uid(set), Kind.POD).isEmpty());
    if (gone) {
      scale(current, desired(deployment));
    }
  }

  private void replace(ObjectNode deployment, ObjectNode current, List<ObjectNode> old) {
    var desired = desired(deployment);
    var rolling = Json.at(deployment, "spec", "strategy", "rollingUpdate");
    var surge = part(rolling.path("maxSurge"), desired, true);
    var unavailable = part(rolling.path("maxUnavailable"), desired, false);
    if (surge == 0 && unavailable == 0) {
      unavailable = 1;
    }
    var oldReplicas = old.stream().mapToInt(DeploymentController::desired).sum();
    if (oldReplicas == 0 || desired(current) > desired) {
      scale(current, desired);
    } else {
      var room = desired + surge - oldReplicas - desired(current);
      if (room > 0 && desired(current) < desired) {
        scale(current, Math.min(desired, desired(current) + room));
      }
    }
    var now = store.get(Owned.key(Kind.REPLICA_SET, current));
    var newUnavailable = Math.max(0, desired(now) - available(now));
    var total = oldReplicas + desired(now);
    var surplus = total - (desired - unavailable) - newUnavailable;
    shrink(old, surplus, desired - unavailable, available(now));
  }

  /** First what is not healthy anyway, then as many as the others can stand in for. */
  private void shrink(List<ObjectNode> old, int surplus, int needed, int newAvailable) {
    var rest = surplus;
    var left = new HashMap<String, Integer>();
    for (var set : old) {
      var unhealthy = Math.clamp(desired(set) - available(set), 0, Math.max(0, rest));
      left.put(ObjectStore.uid(set), desired(set) - unhealthy);
      rest -= unhealthy;
    }
    var healthy =
        newAvailable + old.stream().mapToInt(set -> Math.min(available(set), desired(set))).sum();
    var spare = Math.max(0, healthy - needed);
    for (var set : old) {
      var there = left.getOrDefault(ObjectStore.uid(set), 0);
      var less = Math.min(there, spare);
      spare -= less;
      scale(set, there - less);
    }
  }

  private void forgetOldest(ObjectNode deployment, List<ObjectNode> old) {
    var limit = Json.number(deployment, 10, "spec", "revisionHistoryLimit");
    var empty =
        old.stream()
            .filter(set -> desired(set) == 0 && Json.number(set, 0, "status", "replicas") == 0)
            .sorted(Comparator.comparingInt(DeploymentController::revision))
            .toList();
    empty.stream()
        .limit(Math.max(0, empty.size() - limit))
        .forEach(set -> store.delete(Owned.key(Kind.REPLICA_SET, set), Deletion.BACKGROUND));
  }

  // ---- ReplicaSets

  private List<ObjectNode> sets(ObjectNode deployment) {
    return store.dependents(ObjectStore.uid(deployment), Kind.REPLICA_SET).stream()
        .filter(set -> !ObjectStore.isTerminating(set))
        .sorted(Comparator.comparingInt(DeploymentController::revision))
        .toList();
  }

  private static Optional<ObjectNode> current(ObjectNode deployment, List<ObjectNode> sets) {
    var template = Json.at(deployment, "spec", "template");
    return sets.stream().filter(set -> withoutHash(set).equals(template)).findFirst();
  }

  private static JsonNode withoutHash(ObjectNode set) {
    var template = (ObjectNode) Json.at(set, "spec", "template").deepCopy();
    Json.make(template, "metadata", "labels").remove(HASH);
    return template;
  }

  private ObjectNode create(ObjectNode deployment, List<ObjectNode> sets) {
    var template = (ObjectNode) Json.at(deployment, "spec", "template").deepCopy();
    var hash = hash(template, sets.size());
    Json.make(template, "metadata", "labels").put(HASH, hash);
    var set = Json.object().put("apiVersion", "apps/v1").put("kind", "ReplicaSet");
    var metadata = Json.make(set, "metadata");
    metadata.set("labels", Json.at(template, "metadata", "labels").deepCopy());
    Json.make(metadata, "annotations")
        .put(
            REVISION,
            Integer.toString(
                1 + sets.stream().mapToInt(DeploymentController::revision).max().orElse(0)));
    metadata.putArray("ownerReferences").add(Owned.reference(deployment));
    var spec = Json.make(set, "spec").put("replicas", 0);
    var minReady = Json.at(deployment, "spec", "minReadySeconds");
    if (!minReady.isMissingNode()) {
      spec.set("minReadySeconds", minReady);
    }
    var selector = (ObjectNode) Json.at(deployment, "spec", "selector").deepCopy();
    Json.make(selector, "matchLabels").put(HASH, hash);
    spec.set("selector", selector);
    spec.set("template", template);
    Json.make(set, "status").put("replicas", 0);
    var key =
        new ObjectKey(
            Kind.REPLICA_SET,
            Json.text(deployment, "metadata", "namespace"),
            Json.text(deployment, "metadata", "name") + "-" + hash);
    return store.create(key, set);
  }

  private void revise(ObjectKey key, ObjectNode current) {
    var newest =
        store.dependents(ownerOf(current), Kind.REPLICA_SET).stream()
            .mapToInt(DeploymentController::revision)
            .max()
            .orElse(1);
    if (revision(current) < newest) {
      annotate(Owned.key(Kind.REPLICA_SET, current), newest + 1);
      annotate(key, newest + 1);
    } else {
      annotate(key, revision(current));
    }
  }

  private void annotate(ObjectKey key, int revision) {
    store.tryUpdate(
        key,
        object -> {
          Json.make(object, "metadata", "annotations").put(REVISION, Integer.toString(revision));
          return object;
        });
  }

  private static String ownerOf(ObjectNode set) {
    return Owned.controller(set).orElse("");
  }

  private void scale(ObjectNode set, int replicas) {
    store.tryUpdate(
        Owned.key(Kind.REPLICA_SET, set),
        object -> {
          Json.make(object, "spec").put("replicas", replicas);
          return object;
        });
  }

  // ---- status

  private void status(ObjectKey key, String uid) {
    var deployment = store.find(key).filter(there -> ObjectStore.uid(there).equals(uid));
    if (deployment.isEmpty()) {
      return;
    }
    var sets = sets(deployment.get());
    var current = current(deployment.get(), sets);
    var desired = desired(deployment.get());
    var replicas = sum(sets, "replicas");
    var available = sum(sets, "availableReplicas");
    var updated = current.map(set -> Json.number(set, 0, "status", "replicas")).orElse(0);
    var complete = updated == desired && replicas == desired && available == desired;
    var state =
        "%s %d %d %d %d"
            .formatted(
                current.map(ObjectStore::uid).orElse(""), desired, replicas, updated, available);
    var now = store.clock().instant();
    var before = progress.get(uid);
    if (before == null || !before.state().equals(state)) {
      before = new Progress(state, now);
      progress.put(uid, before);
    }
    var patience =
        pace.seconds(Json.number(deployment.get(), 600, "spec", "progressDeadlineSeconds"));
    var late = !complete && !now.isBefore(before.since().plus(patience));
    if (!complete && !late) {
      work.after(
          java.time.Duration.between(now, before.since().plus(patience)),
          () -> work.soon(key, () -> reconcile(key)));
    }
    var needed =
        desired
            - part(
                Json.at(deployment.get(), "spec", "strategy", "rollingUpdate", "maxUnavailable"),
                desired,
                false);
    store.tryUpdate(
        key,
        object -> {
          var status = Json.make(object, "status");
          // Not that of now: what was counted was counted for the one that was read.
          status.put(
              "observedGeneration", Json.number(deployment.get(), 1, "metadata", "generation"));
          count(status, "replicas", replicas);
          count(status, "updatedReplicas", updated);
          count(status, "readyReplicas", sum(sets, "readyReplicas"));
          count(status, "availableReplicas", available);
          count(
              status, "unavailableReplicas", Math.max(0, Math.max(replicas, desired) - available));
          conditions(object, available >= needed, complete, late, current);
          return object;
        });
  }

  private void conditions(
      ObjectNode object,
      boolean available,
      boolean complete,
      boolean late,
      Optional<ObjectNode> current) {
    var now = store.now();
    PodStatus.condition(
        object,
        "Available",
        available,
        available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
        available
            ? "Deployment has minimum availability."
            : "Deployment does not have minimum availability.",
        now);
    var set = current.map(there -> Json.text(there, "metadata", "name")).orElse("");
    PodStatus.condition(
        object,
        "Progressing",
        !late,
        late
            ? "ProgressDeadlineExceeded"
            : complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
        late
            ? "ReplicaSet \"%s\" has timed out progressing.".formatted(set)
            : complete
                ? "ReplicaSet \"%s\" has successfully progressed.".formatted(set)
                : "ReplicaSet \"%s\" is progressing.".formatted(set),
        now);
  }

  private static void count(ObjectNode status, String field, int value) {
    if (value == 0) {
      status.remove(field);
    } else {
      status.put(field, value);
    }
  }

  private static int sum(List<ObjectNode> sets, String field) {
    return sets.stream().mapToInt(set -> Json.number(set, 0, "status", field)).sum();
  }

  private static int desired(ObjectNode object) {
    return Json.number(object, 1, "spec", "replicas");
  }

  private static int available(ObjectNode set) {
    return Json.number(set, 0, "status", "availableReplicas");
  }

  private static int revision(ObjectNode set) {
    var revision = Json.text(set, "metadata", "annotations", REVISION);
    return revision.isEmpty() ? 0 : Integer.parseInt(revision);
  }

  private static boolean same(ObjectNode one, ObjectNode other) {
    return ObjectStore.uid(one).equals(ObjectStore.uid(other));
  }

  /** A number, or a percentage of the replicas. */
  private static int part(JsonNode value, int replicas, boolean up) {
    if (!value.isString()) {
      return value.asInt(0);
    }
    var exact = Integer.parseInt(value.asString().replace("%", "")) * replicas / 100.0;
    return (int) (up ? Math.ceil(exact) : Math.floor(exact));
  }

  private static String hash(ObjectNode template, int collisions) {
    var alphabet = "bcdf2456789";
    var digits = Integer.toUnsignedString((template.toString() + collisions).hashCode());
    var hash = new StringBuilder();
    digits.chars().forEach(digit -> hash.append(alphabet.charAt(digit - '0')));
    return hash.toString();
  }
}
