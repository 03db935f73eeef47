package io.aviary.simulation;

import io.aviary.simulation.ObjectStore.Change;
import io.aviary.simulation.ObjectStore.Deletion;
import io.aviary.simulation.ObjectStore.What;
import java.util.ArrayList;
import tools.jackson.databind.node.ObjectNode;

/** Decides which controller has to look at what after a change, and collects garbage. */
final class Controllers {

  private final ObjectStore store;
  private final WorkQueue work;
  private final DeploymentController deployments;
  private final ReplicaSetController replicaSets;
  private final JobController jobs;
  private final EndpointController endpoints;

  Controllers(ObjectStore store, WorkQueue work, Pace pace, Kubelet kubelet) {
    this.store = store;
    this.work = work;
    this.deployments = new DeploymentController(store, work, pace);
    this.replicaSets = new ReplicaSetController(store, work, pace, kubelet::readySince);
    this.jobs = new JobController(store, work, pace);
    this.endpoints = new EndpointController(store);
  }

  /** Takes note of a change; called while the store is locked. */
  void note(Change change) {
    var key = change.key();
    var object = change.object();
    switch (key.kind().name()) {
      case "Deployment", "ReplicaSet", "Job", "Service" -> soon(key);
      case "Pod" -> notePod(change);
      case "Namespace" -> {
        if (ObjectStore.isTerminating(object) || change.type() == What.DELETED) {
          work.soon("empty " + key, () -> empty(key.name()));
        }
      }
      default -> {}
    }
    Owned.controller(object).flatMap(store::byUid).ifPresent(this::soon);
    if (change.before() != null) {
      Owned.controller(change.before()).flatMap(store::byUid).ifPresent(this::soon);
    }
    if (change.type() == What.DELETED) {
      var uid = ObjectStore.uid(object);
      if (!store.dependents(uid).isEmpty()) {
        work.soon("collect " + uid, () -> collect(uid));
      }
      Json.objects(Json.at(object, "metadata", "ownerReferences"))
          .forEach(owner -> store.byUid(Json.text(owner, "uid")).ifPresent(this::finishForeground));
    } else if (change.type() == What.ADDED
        && !Json.at(object, "metadata", "ownerReferences").isEmpty()) {
      work.soon("owners of " + ObjectStore.uid(object), () -> collectOrphan(key));
    }
    if (ObjectStore.isTerminating(object) && isForeground(object)) {
      work.soon("collect " + ObjectStore.uid(object), () -> collect(ObjectStore.uid(object)));
    }
  }

  private void notePod(Change change) {
    for (var service : store.list(Kind.SERVICE, change.key().namespace())) {
      if (EndpointController.selects(service, change.object())
          || (change.before() != null && EndpointController.selects(service, change.before()))) {
        soon(Owned.key(Kind.SERVICE, service));
      }
    }
    if (Owned.controller(change.object()).isEmpty()) {
      for (var set : store.list(Kind.REPLICA_SET, change.key().namespace())) {
        if (Selector.matches(Json.at(set, "spec", "selector"), change.object())) {
          soon(Owned.key(Kind.REPLICA_SET, set));
        }
      }
    }
    // A Recreate waits for the last pod of its old sets.
    Owned.controller(change.object())
        .flatMap(store::byUid)
        .flatMap(store::find)
        .flatMap(Owned::controller)
        .flatMap(store::byUid)
        .ifPresent(this::soon);
  }

  private void soon(ObjectKey key) {
    switch (key.kind().name()) {
      case "Deployment" -> work.soon(key, () -> deployments.reconcile(key));
      case "ReplicaSet" -> work.soon(key, () -> replicaSets.reconcile(key));
      case "Job" -> work.soon(key, () -> jobs.reconcile(key));
      case "Service" -> work.soon(key, () -> endpoints.reconcile(key));
      default -> {}
    }
  }

  // ---- garbage

  private void collect(String owner) {
    for (var key : store.dependents(owner)) {
      store.find(key).ifPresent(dependent -> collect(key, dependent, owner));
    }
    store.byUid(owner).ifPresent(this::finishForeground);
  }

  private void collect(ObjectKey key, ObjectNode dependent, String owner) {
    var others =
        Json.objects(Json.at(dependent, "metadata", "ownerReferences")).stream()
            .map(reference -> Json.text(reference, "uid"))
            .filter(uid -> !uid.equals(owner))
            .anyMatch(uid -> store.byUid(uid).isPresent());
    if (!others && !ObjectStore.isTerminating(dependent)) {
      store.delete(key, Deletion.BACKGROUND);
    }
  }

  private void collectOrphan(ObjectKey key) {
    store
        .find(key)
        .filter(
            object ->
                Json.objects(Json.at(object, "metadata", "ownerReferences")).stream()
                    .allMatch(owner -> store.byUid(Json.text(owner, "uid")).isEmpty()))
        .ifPresent(object -> store.delete(key, Deletion.BACKGROUND));
  }

  private void finishForeground(ObjectKey key) {
    work.soon(
        "foreground " + key,
        () ->
            store
                .find(key)
                .filter(
                    object ->
                        isForeground(object) && store.dependents(ObjectStore.uid(object)).isEmpty())
                .ifPresent(
                    object ->
                        store.tryUpdate(
                            key,
                            owner -> {
                              Json.makeArray(Json.make(owner, "metadata"), "finalizers")
                                  .removeIf(each -> each.asString().equals("foregroundDeletion"));
                              return owner;
                            })));
  }

  private static boolean isForeground(ObjectNode object) {
    return Json.strings(Json.at(object, "metadata", "finalizers")).contains("foregroundDeletion");
  }

  private void empty(String namespace) {
    var keys = new ArrayList<ObjectKey>();
    for (var kind : Kind.all()) {
      if (kind.namespaced()) {
        store.list(kind, namespace).forEach(object -> keys.add(Owned.key(kind, object)));
      }
    }
    for (var key : keys) {
      if (store.find(key).isPresent()) {
        store.delete(key, Deletion.NOW);
      }
    }
  }
}
