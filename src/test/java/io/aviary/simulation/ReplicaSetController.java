package io.aviary.simulation;

import io.aviary.simulation.ObjectStore.Deletion;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** ReplicaSets to pods: as many as asked for, adopted or released by their labels. */
final class ReplicaSetController {

  private final ObjectStore store;
  private final WorkQueue work;
  private final Pace pace;
  private final Function<String, Optional<Instant>> readySince;

  ReplicaSetController(
      ObjectStore store,
      WorkQueue work,
      Pace pace,
      Function<String, Optional<Instant>> readySince) {
    this.store = store;
    this.work = work;
    this.pace = pace;
    this.readySince = readySince;
  }

  void reconcile(ObjectKey key) {
    var found = store.find(key);
    if (found.isEmpty()) {
      return;
    }
    var set = found.get();
    if (!ObjectStore.isTerminating(set)) {
      claim(set);
      var pods = active(set);
      var wanted = Json.number(set, 1, "spec", "replicas");
      for (var i = pods.size(); i < wanted; i++) {
        create(set);
      }
      if (pods.size() > wanted) {
        pods.stream()
            .sorted(leastWorthFirst())
            .limit(pods.size() - wanted)
            .forEach(pod -> store.delete(Owned.key(Kind.POD, pod), Deletion.BACKGROUND));
      }
    }
    status(key, set);
  }

  /**
   * A pod whose labels no longer match is released, one without a controller that matches is
   * adopted.
   */
  private void claim(ObjectNode set) {
    var selector = Json.at(set, "spec", "selector");
    var uid = ObjectStore.uid(set);
    for (var pod : store.list(Kind.POD, Json.text(set, "metadata", "namespace"))) {
      var matches = Selector.matches(selector, pod);
      if (Owned.isControlledBy(pod, uid) && !matches && !ObjectStore.isTerminating(pod)) {
        own(pod, references -> references.removeIf(each -> Json.text(each, "uid").equals(uid)));
      } else if (matches
          && Owned.controller(pod).isEmpty()
          && !ObjectStore.isTerminating(pod)
          && !PodStatus.isFinished(pod)) {
        own(pod, references -> references.add(Owned.reference(set)));
      }
    }
  }

  private void own(
      ObjectNode pod, java.util.function.Consumer<tools.jackson.databind.node.ArrayNode> change) {
    store.tryUpdate(
        Owned.key(Kind.POD, pod),
        object -> {
          change.accept(Json.makeArray(Json.make(object, "metadata"), "ownerReferences"));
          return object;
        });
  }

  private List<ObjectNode> active(ObjectNode set) {
    return store.dependents(ObjectStore.uid(set), Kind.POD).stream()
        .filter(pod -> !ObjectStore.isTerminating(pod) && !PodStatus.isFinished(pod))
        .toList();
  }

  private void create(ObjectNode set) {
    var pod = Owned.pod(set, Json.at(set, "spec", "template"));
    var name = Json.text(set, "metadata", "name") + "-" + ApiServer.suffix();
    try {
      store.create(new ObjectKey(Kind.POD, Json.text(set, "metadata", "namespace"), name), pod);
    } catch (ApiException e) {
      // The namespace goes away, and the set with it.
    }
  }

  private static Comparator<ObjectNode> leastWorthFirst() {
    return Comparator.comparing((ObjectNode pod) -> !Json.text(pod, "spec", "nodeName").isEmpty())
        .thenComparing(PodStatus::isReady)
        .thenComparing(
            pod -> Json.text(pod, "metadata", "creationTimestamp"), Comparator.reverseOrder());
  }

  private void status(ObjectKey key, ObjectNode set) {
    var pods = active(set);
    var ready = pods.stream().filter(PodStatus::isReady).toList();
    var minReady = pace.seconds(Json.number(set, 0, "spec", "minReadySeconds"));
    var now = store.clock().instant();
    var available = 0;
    for (var pod : ready) {
      var since = readySince.apply(ObjectStore.uid(pod)).orElse(now);
      var left = Duration.between(now, since.plus(minReady));
      if (left.isPositive()) {
        work.after(left, () -> work.soon(key, () -> reconcile(key)));
      } else {
        available++;
      }
    }
    var count = available;
    store.tryUpdate(
        key,
        object -> {
          Json.make(object, "status")
              .put("observedGeneration", Json.number(set, 1, "metadata", "generation"))
              .put("replicas", pods.size())
              .put("fullyLabeledReplicas", pods.size())
              .put("readyReplicas", ready.size())
              .put("availableReplicas", count);
          return object;
        });
  }
}
