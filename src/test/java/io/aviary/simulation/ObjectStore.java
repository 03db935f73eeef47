package io.aviary.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * All objects, with the bookkeeping of a real API server: uid, resource version, generation,
 * preconditions, finalizers, owners, and a history for watches. Safe for use by many threads; what
 * it hands out must not be changed.
 */
final class ObjectStore {

  private static final int HISTORY = 20_000;

  /** What happened to an object. */
  enum What {
    ADDED,
    MODIFIED,
    DELETED
  }

  /**
   * One change; {@code before} is null for an added object. After a deletion {@code object} is the
   * last state.
   */
  record Change(
      What type, ObjectKey key, @Nullable ObjectNode before, ObjectNode object, long version) {}

  /** What a delete demands; null demands nothing. */
  record Deletion(
      @Nullable String uid,
      @Nullable String resourceVersion,
      String propagation,
      @Nullable Integer grace) {
    static final Deletion BACKGROUND = new Deletion(null, null, "Background", null);
    static final Deletion NOW = new Deletion(null, null, "Background", 0);
  }

  private final InstantSource clock;
  private final Map<Kind, Map<String, Map<String, ObjectNode>>> objects = new HashMap<>();
  private final Map<String, ObjectKey> byUid = new HashMap<>();
  private final Map<String, Set<ObjectKey>> dependents = new HashMap<>();
  private final Deque<Change> history = new ArrayDeque<>();
  private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
  private long version = 1000;
  private long forgotten = version;

  ObjectStore(InstantSource clock) {
    this.clock = clock;
  }

  InstantSource clock() {
    return clock;
  }

  /** As the API writes it: whole seconds. */
  String now() {
    return time(clock.instant());
  }

  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  synchronized long version() {
    return version;
  }

  /**
   * Tells of each change from now on, in order, while the store is locked: the listener may only
   * take note.
   *
   * @param since tells of what happened after that version first; null: nothing of the past
   * @throws ApiException 410 if the history does not reach back that far
   */
  synchronized Runnable listen(@Nullable Long since, Consumer<Change> listener) {
    if (since != null) {
      if (since < forgotten) {
        throw new ApiException(
            410, "Expired", "too old resource version: %d (%d)".formatted(since, forgotten));
      }
      history.stream().filter(change -> change.version() > since).forEach(listener);
    }
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  synchronized Optional<ObjectNode> find(ObjectKey key) {
    return Optional.ofNullable(names(key.kind(), key.namespace()).get(key.name()));
  }

  synchronized Optional<ObjectKey> byUid(String uid) {
    return Optional.ofNullable(byUid.get(uid));
  }

  synchronized ObjectNode get(ObjectKey key) {
    return find(key).orElseThrow(() -> ApiException.notFound(key.kind(), key.name()));
  }

  /** In order of namespace and name; null: of all namespaces. */
  synchronized List<ObjectNode> list(Kind kind, @Nullable String namespace) {
    if (namespace != null || !kind.namespaced()) {
      return List.copyOf(names(kind, namespace == null ? "" : namespace).values());
    }
    return new TreeMap<>(objects.getOrDefault(kind, Map.of()))
        .values().stream().flatMap(names -> names.values().stream()).toList();
  }

  /** Objects that name this one as an owner. */
  synchronized List<ObjectKey> dependents(String uid) {
    return List.copyOf(dependents.getOrDefault(uid, Set.of()));
  }

  /** Those of a kind. */
  synchronized List<ObjectNode> dependents(String uid, Kind kind) {
    return dependents(uid).stream()
        .filter(key -> key.kind() == kind)
        .flatMap(key -> find(key).stream())
        .toList();
  }

  /** Stores a new object; what the server alone decides is filled in. */
  synchronized ObjectNode create(ObjectKey key, ObjectNode content) {
    if (find(key).isPresent()) {
      throw ApiException.exists(key.kind(), key.name());
    }
    requireNamespace(key);
    var object = content.deepCopy();
    var metadata = Json.make(object, "metadata");
    metadata.put("name", key.name());
    if (key.kind().namespaced()) {
      metadata.put("namespace", key.namespace());
    }
    metadata.put("uid", UUID.randomUUID().toString());
    metadata.put("creationTimestamp", now());
    metadata.remove(List.of("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"));
    if (key.kind().hasGeneration() && object.has("spec")) {
      metadata.put("generation", 1);
    }
    return store(What.ADDED, key, null, object);
  }

  /**
   * Changes an object in one step.
   *
   * @param change gets a copy, and returns it or another
   * @return what is stored now; unchanged if nothing changed
   */
  synchronized ObjectNode update(ObjectKey key, UnaryOperator<ObjectNode> change) {
    var live = get(key);
    var updated = change.apply(live.deepCopy());
    keepServerFields(live, updated);
    if (updated.equals(live)) {
      return live;
    }
    if (key.kind().hasGeneration() && !content(live).equals(content(updated))) {
      Json.make(updated, "metadata")
          .put("generation", Json.number(live, 0, "metadata", "generation") + 1);
    }
    if (updated.path("metadata").has("deletionTimestamp")
        && updated.path("metadata").path("finalizers").isEmpty()
        && !live.path("metadata").path("finalizers").isEmpty()) {
      return remove(key, updated);
    }
    return store(What.MODIFIED, key, live, updated);
  }

  /**
   * As {@link #update}, for controllers: an object that is gone meanwhile is none of their
   * business.
   */
  Optional<ObjectNode> tryUpdate(ObjectKey key, UnaryOperator<ObjectNode> change) {
    synchronized (this) {
      return find(key).map(live -> update(key, change));
    }
  }

  /** Deletes, or marks as being deleted where something has to happen first. */
  synchronized ObjectNode delete(ObjectKey key, Deletion deletion) {
    var live = get(key);
    var uid = uid(live);
    if (deletion.uid() != null && !deletion.uid().equals(uid)) {
      throw ApiException.conflict(
          key.kind(),
          key.name(),
          "the UID in the precondition (%s) does not match the UID in record (%s). The object might have been deleted and then recreated"
              .formatted(deletion.uid(), uid));
    }
    var resourceVersion = Json.text(live, "metadata", "resourceVersion");
    if (deletion.resourceVersion() != null && !deletion.resourceVersion().equals(resourceVersion)) {
      throw ApiException.conflict(
          key.kind(),
          key.name(),
          "the ResourceVersion in the precondition (%s) does not match the ResourceVersion in record (%s). The object might have been modified"
              .formatted(deletion.resourceVersion(), resourceVersion));
    }
    if (deletion.propagation().equals("Orphan")) {
      dependents(uid).forEach(dependent -> disown(dependent, uid));
    }
    var foreground = deletion.propagation().equals("Foreground") && !dependents(uid).isEmpty();
    var grace = grace(key, live, deletion.grace());
    if (grace == 0 && !foreground && live.path("metadata").path("finalizers").isEmpty()) {
      return remove(key, live);
    }
    return update(
        key,
        object -> {
          var metadata = Json.make(object, "metadata");
          if (!metadata.has("deletionTimestamp") || deletion.grace() != null) {
            metadata.put(
                "deletionTimestamp", time(clock.instant().plus(Duration.ofSeconds(grace))));
            metadata.put("deletionGracePeriodSeconds", grace);
          }
          if (foreground) {
            Json.makeArray(metadata, "finalizers").add("foregroundDeletion");
          }
          return object;
        });
  }

  /** Removes an object whose end has come, if it is still this one. */
  synchronized void remove(ObjectKey key, String uid) {
    find(key).filter(live -> uid(live).equals(uid)).ifPresent(live -> remove(key, live));
  }

  static String uid(ObjectNode object) {
    return Json.text(object, "metadata", "uid");
  }

  static boolean isTerminating(ObjectNode object) {
    return object.path("metadata").has("deletionTimestamp");
  }

  private int grace(ObjectKey key, ObjectNode live, @Nullable Integer asked) {
    var phase = Json.text(live, "status", "phase");
    if (key.kind() == Kind.NAMESPACE) {
      return 0;
    }
    if (key.kind() != Kind.POD
        || Json.text(live, "spec", "nodeName").isEmpty()
        || phase.equals("Succeeded")
        || phase.equals("Failed")) {
      return 0;
    }
    return asked != null ? asked : Json.number(live, 30, "spec", "terminationGracePeriodSeconds");
  }

  private ObjectNode remove(ObjectKey key, ObjectNode last) {
    names(key.kind(), key.namespace()).remove(key.name());
    byUid.remove(uid(last));
    owners(last).forEach(owner -> forget(owner, key));
    var object = last.deepCopy();
    publish(What.DELETED, key, last, object);
    return object;
  }

  private void forget(String owner, ObjectKey key) {
    var those = dependents.get(owner);
    if (those != null && those.remove(key) && those.isEmpty()) {
      dependents.remove(owner);
    }
  }

  private void disown(ObjectKey key, String owner) {
    update(
        key,
        object -> {
          Json.makeArray(Json.make(object, "metadata"), "ownerReferences")
              .removeIf(reference -> Json.text(reference, "uid").equals(owner));
          return object;
        });
  }

  private ObjectNode store(
      What type, ObjectKey key, @Nullable ObjectNode before, ObjectNode object) {
    if (before != null) {
      owners(before).forEach(owner -> forget(owner, key));
    }
    names(key.kind(), key.namespace()).put(key.name(), object);
    byUid.put(uid(object), key);
    owners(object)
        .forEach(owner -> dependents.computeIfAbsent(owner, any -> new LinkedHashSet<>()).add(key));
    publish(type, key, before, object);
    return object;
  }

  private void publish(What type, ObjectKey key, @Nullable ObjectNode before, ObjectNode object) {
    version++;
    Json.make(object, "metadata").put("resourceVersion", Long.toString(version));
    var change = new Change(type, key, before, object, version);
    history.add(change);
    if (history.size() > HISTORY) {
      forgotten = history.remove().version();
    }
    listeners.forEach(listener -> listener.accept(change));
  }

  private void requireNamespace(ObjectKey key) {
    if (!key.kind().namespaced()) {
      return;
    }
    var namespace = get(new ObjectKey(Kind.NAMESPACE, "", key.namespace()));
    if (isTerminating(namespace)) {
      throw new ApiException(
          403,
          "Forbidden",
          "%s \"%s\" is forbidden: unable to create new content in namespace %s because it is being terminated"
              .formatted(key.kind().resource(), key.name(), key.namespace()));
    }
  }

  private static void keepServerFields(ObjectNode live, ObjectNode updated) {
    var from = Json.make(live, "metadata");
    var to = Json.make(updated, "metadata");
    for (var field :
        List.of("name", "namespace", "uid", "creationTimestamp", "generation", "resourceVersion")) {
      if (from.has(field)) {
        to.set(field, from.get(field));
      } else {
        to.remove(field);
      }
    }
    if (from.has("deletionTimestamp") && !to.has("deletionTimestamp")) {
      to.set("deletionTimestamp", from.get("deletionTimestamp"));
    }
  }

  private static ObjectNode content(ObjectNode object) {
    var content = object.deepCopy();
    content.remove(List.of("metadata", "status", "apiVersion", "kind"));
    return content;
  }

  private static List<String> owners(ObjectNode object) {
    var owners = new ArrayList<String>();
    Json.objects(Json.at(object, "metadata", "ownerReferences"))
        .forEach(reference -> owners.add(Json.text(reference, "uid")));
    return owners;
  }

  private Map<String, ObjectNode> names(Kind kind, String namespace) {
    return objects
        .computeIfAbsent(kind, any -> new HashMap<>())
        .computeIfAbsent(namespace, any -> new TreeMap<>());
  }
}
