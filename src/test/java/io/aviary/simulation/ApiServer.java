package io.aviary.simulation;

import io.aviary.simulation.ObjectStore.Deletion;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the API server answers: the verbs on the stored objects, without HTTP. */
final class ApiServer {

  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

  /** An answer; the content type is JSON unless it is plain. */
  record Answer(int code, String body, boolean plain) {
    static Answer json(int code, JsonNode body) {
      return new Answer(code, body.toString(), false);
    }

    String type() {
      return plain ? "text/plain" : "application/json";
    }

    static Answer text(String body) {
      return new Answer(200, body, true);
    }
  }

  /** Reads logs of containers. */
  interface Logs {
    String read(ObjectNode pod, ApiRequest request);
  }

  private final ObjectStore store;
  private final Admission admission;
  private final Logs logs;
  private final String version;

  ApiServer(ObjectStore store, Admission admission, Logs logs, String version) {
    this.store = store;
    this.admission = admission;
    this.logs = logs;
    this.version = version;
  }

  /** Never throws: what went wrong is in the answer. */
  Answer answer(ApiRequest request) {
    try {
      return answerOrThrow(request);
    } catch (ApiException e) {
      return Answer.json(e.code(), e.status());
    } catch (RuntimeException e) {
      var status = new ApiException(500, "InternalError", "simulation: " + e).status();
      return Answer.json(500, status);
    }
  }

  private Answer answerOrThrow(ApiRequest request) {
    var path = request.path();
    if (path.matches("/(readyz|livez|healthz)(/.*)?")) {
      return Answer.text("ok");
    }
    if (path.equals("/version")) {
      return Answer.json(200, versionInfo());
    }
    var discovered = discover(path);
    if (discovered != null) {
      return Answer.json(200, discovered);
    }
    var target = Target.of(path);
    if (target.name().isEmpty()) {
      return switch (request.method()) {
        case "GET" -> Answer.json(200, list(target, request));
        case "POST" -> Answer.json(201, create(target, request));
        case "DELETE" -> Answer.json(200, deleteAll(target, request));
        default -> throw notAllowed();
      };
    }
    return switch (target.subresource()) {
      case "" -> object(target, request);
      case "status" -> object(target, request);
      case "scale" -> scale(target, request);
      case "log" -> {
        if (target.kind() != Kind.POD) {
          throw ApiException.noSuchPath();
        }
        yield Answer.text(logs.read(store.get(target.key()), request));
      }
      default -> throw ApiException.noSuchPath();
    };
  }

  private Answer object(Target target, ApiRequest request) {
    return switch (request.method()) {
      case "GET" -> Answer.json(200, target.shown(store.get(target.key())));
      case "PUT" -> Answer.json(200, put(target, request));
      case "PATCH" -> patch(target, request);
      case "DELETE" ->
          Answer.json(200, target.shown(store.delete(target.key(), deletion(request))));
      default -> throw notAllowed();
    };
  }

  // ---- reading

  ObjectNode list(Target target, ApiRequest request) {
    var labels = Selector.labels(request.parameter("labelSelector"));
    var fields = Selector.fields(request.parameter("fieldSelector"));
    var list =
        Json.object()
            .put("kind", target.kind().name() + "List")
            .put("apiVersion", target.apiVersion());
    synchronized (store) {
      list.putObject("metadata").put("resourceVersion", Long.toString(store.version()));
      var items = list.putArray("items");
      store.list(target.kind(), target.namespaceOrAll()).stream()
          .filter(labels.and(fields))
          .forEach(object -> items.add(target.shown(object)));
    }
    return list;
  }

  // ---- writing

  private ObjectNode create(Target target, ApiRequest request) {
    var object = body(request);
    requireKind(target, object);
    var metadata = Json.make(object, "metadata");
    if (Json.text(metadata, "name").isEmpty()) {
      if (Json.text(metadata, "generateName").isEmpty()) {
        throw ApiException.invalid(
            target.kind(), "", "metadata.name: Required value: name or generateName is required");
      }
      metadata.put("name", Json.text(metadata, "generateName") + suffix());
    }
    requireNamespace(target, metadata);
    var key = new ObjectKey(target.kind(), target.namespace(), Json.text(metadata, "name"));
    prepare(target, object);
    admission.check(target.kind(), null, object);
    ManagedFields.note(null, object, manager(request), store.now());
    return isDryRun(request) ? object : target.shown(store.create(key, object));
  }

  private ObjectNode put(Target target, ApiRequest request) {
    var object = body(request);
    requireKind(target, object);
    requireNamespace(target, Json.make(object, "metadata"));
    return target.shown(change(target, request, live -> object));
  }

  private Answer patch(Target target, ApiRequest request) {
    if (request.contentType().startsWith("application/apply-patch")) {
      return apply(target, request);
    }
    var patch = parsed(request);
    return Answer.json(
        200, target.shown(change(target, request, live -> patched(live, patch, request))));
  }

  private static ObjectNode patched(ObjectNode live, JsonNode patch, ApiRequest request) {
    var result =
        switch (request.contentType()) {
          case "application/json-patch+json" -> Patches.json(live, patch);
          case "application/merge-patch+json" -> Patches.merge(live, patch);
          case "application/strategic-merge-patch+json" -> Patches.strategic(live, patch);
          default ->
              throw new ApiException(
                  415,
                  "UnsupportedMediaType",
                  "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml");
        };
    return (ObjectNode) result;
  }

  private Answer apply(Target target, ApiRequest request) {
    var manager = request.parameter("fieldManager");
    if (manager.isEmpty()) {
      throw ApiException.badRequest(
          "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
    }
    var applied = body(request);
    requireKind(target, applied);
    applied.remove("status");
    var metadata = Json.make(applied, "metadata");
    requireNamespace(target, metadata);
    if (!Json.text(metadata, "name").equals(target.name())) {
      throw ApiException.badRequest(
          "the name of the object (%s) does not match the name on the URL (%s)"
              .formatted(Json.text(metadata, "name"), target.name()));
    }
    if (!metadata.path("managedFields").isEmpty()) {
      throw ApiException.badRequest("metadata.managedFields must be nil");
    }
    var force = request.parameter("force").equals("true");
    synchronized (store) {
      var live = store.find(target.key()).orElse(null);
      if (live == null) {
        if (metadata.has("uid")) {
          throw ApiException.conflict(
              target.kind(),
              target.name(),
              "uid mismatch: the provided object specified uid %s, and no existing object was found"
                  .formatted(Json.text(metadata, "uid")));
        }
        var object = ManagedFields.apply(target.kind(), null, applied, manager, force, store.now());
        prepare(target, object);
        admission.check(target.kind(), null, object);
        return Answer.json(
            201, isDryRun(request) ? object : target.shown(store.create(target.key(), object)));
      }
      requireSameVersion(target, live, applied);
      metadata.remove(List.of("resourceVersion", "uid"));
      var object = ManagedFields.apply(target.kind(), live, applied, manager, force, store.now());
      object.put("apiVersion", target.kind().apiVersion());
      admission.complete(target.kind(), object);
      admission.check(target.kind(), live, object);
      return Answer.json(
          200,
          isDryRun(request)
              ? object
              : target.shown(store.update(target.key(), current -> object.deepCopy())));
    }
  }

  private ObjectNode change(
      Target target, ApiRequest request, java.util.function.UnaryOperator<ObjectNode> operation) {
    synchronized (store) {
      var live = store.get(target.key());
      var changed = operation.apply(live.deepCopy());
      requireSameVersion(target, live, changed);
      var object = isolate(target, live, changed);
      object.put("apiVersion", target.kind().apiVersion());
      object.put("kind", target.kind().name());
      if (target.kind() == Kind.SERVICE && !Json.at(object, "spec").has("clusterIP")) {
        Json.make(object, "spec").set("clusterIP", Json.at(live, "spec", "clusterIP"));
      }
      admission.complete(target.kind(), object);
      admission.check(target.kind(), live, object);
      if (target.subresource().isEmpty()) {
        if (!object.path("metadata").has("managedFields")) {
          restoreManagedFields(live, object, changed);
        }
        ManagedFields.note(live, object, manager(request), store.now());
      }
      return isDryRun(request) ? object : store.update(target.key(), current -> object);
    }
  }

  /** A client that writes without managedFields does not mean to disown everybody. */
  private static void restoreManagedFields(ObjectNode live, ObjectNode object, ObjectNode sent) {
    if (!Json.at(sent, "metadata").has("managedFields")) {
      var there = Json.at(live, "metadata", "managedFields");
      if (!there.isMissingNode()) {
        Json.make(object, "metadata").set("managedFields", there);
      }
    }
  }

  /** Status is written through its subresource only, and nothing else is. */
  private static ObjectNode isolate(Target target, ObjectNode live, ObjectNode changed) {
    var status = target.subresource().equals("status");
    var result = status ? live.deepCopy() : changed.deepCopy();
    if (!status && target.kind() != Kind.NAMESPACE && !live.has("spec")) {
      return result;
    }
    var from = status ? changed : live;
    if (from.has("status")) {
      result.set("status", from.get("status"));
    } else {
      result.remove("status");
    }
    return result;
  }

  private void prepare(Target target, ObjectNode object) {
    object.put("apiVersion", target.kind().apiVersion());
    object.put("kind", target.kind().name());
    if (object.has("spec")) {
      object.remove("status");
    }
    admission.complete(target.kind(), object);
    if (target.kind() == Kind.POD) {
      Json.make(object, "status").put("phase", "Pending").put("qosClass", "BestEffort");
    }
    if (target.kind() == Kind.NAMESPACE) {
      Json.make(object, "status").put("phase", "Active");
    }
  }

  private ObjectNode deleteAll(Target target, ApiRequest request) {
    var list = list(target, request);
    var deletion = deletion(request);
    for (var item : Json.objects(list.path("items"))) {
      var key =
          new ObjectKey(
              target.kind(),
              Json.text(item, "metadata", "namespace"),
              Json.text(item, "metadata", "name"));
      if (store.find(key).isPresent()) {
        store.delete(key, deletion);
      }
    }
    return list;
  }

  private static Deletion deletion(ApiRequest request) {
    var options = request.body().isEmpty() ? Json.object() : Json.parse(request.body());
    var preconditions = options.path("preconditions");
    var propagation =
        request.query().getOrDefault("propagationPolicy", Json.text(options, "propagationPolicy"));
    var grace =
        request.query().containsKey("gracePeriodSeconds")
            ? Integer.valueOf(request.parameter("gracePeriodSeconds"))
            : options.has("gracePeriodSeconds")
                ? Integer.valueOf(Json.number(options, 0, "gracePeriodSeconds"))
                : null;
    return new Deletion(
        textOrNull(preconditions, "uid"),
        textOrNull(preconditions, "resourceVersion"),
        propagation.isEmpty() ? "Background" : propagation,
        grace);
  }

  private static @Nullable String textOrNull(JsonNode node, String field) {
    return node.hasNonNull(field) ? Json.text(node, field) : null;
  }

  // ---- scale

  private Answer scale(Target target, ApiRequest request) {
    if (!Json.at(store.get(target.key()), "spec").has("replicas")) {
      throw ApiException.noSuchPath();
    }
    if (request.method().equals("GET")) {
      return Answer.json(200, scaleOf(store.get(target.key())));
    }
    synchronized (store) {
      var live = store.get(target.key());
      var current = scaleOf(live);
      var wanted =
          switch (request.method()) {
            case "PUT" -> body(request);
            case "PATCH" ->
                request.contentType().startsWith("application/apply-patch")
                    ? (ObjectNode) Patches.merge(current, parsed(request))
                    : patched(current, parsed(request), request);
            default -> throw notAllowed();
          };
      requireSameVersion(target, live, wanted);
      var replicas = Json.number(wanted, -1, "spec", "replicas");
      if (replicas < 0) {
        throw ApiException.invalid(target.kind(), target.name(), "spec.replicas: Invalid value");
      }
      var object = live.deepCopy();
      Json.make(object, "spec").put("replicas", replicas);
      ManagedFields.note(live, object, manager(request), store.now());
      return Answer.json(200, scaleOf(store.update(target.key(), any -> object)));
    }
  }

  private static ObjectNode scaleOf(ObjectNode object) {
    var scale = Json.object().put("kind", "Scale").put("apiVersion", "autoscaling/v1");
    var metadata = scale.putObject("metadata");
    for (var field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
      metadata.set(field, Json.at(object, "metadata", field));
    }
    scale.putObject("spec").put("replicas", Json.number(object, 0, "spec", "replicas"));
    var selector = Json.stringMap(Json.at(object, "spec", "selector", "matchLabels"));
    scale
        .putObject("status")
        .put("replicas", Json.number(object, 0, "status", "replicas"))
        .put(
            "selector",
            selector.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(",")));
    return scale;
  }

  // ---- what a request must satisfy

  private static void requireSameVersion(Target target, ObjectNode live, ObjectNode sent) {
    var version = Json.text(sent, "metadata", "resourceVersion");
    if (!version.isEmpty() && !version.equals(Json.text(live, "metadata", "resourceVersion"))) {
      throw ApiException.conflict(
          target.kind(),
          target.name(),
          "the object has been modified; please apply your changes to the latest version and try again");
    }
    var uid = Json.text(sent, "metadata", "uid");
    if (!uid.isEmpty() && !uid.equals(ObjectStore.uid(live))) {
      throw ApiException.conflict(
          target.kind(),
          target.name(),
          "Precondition failed: UID in precondition: %s, UID in object meta: %s"
              .formatted(uid, ObjectStore.uid(live)));
    }
  }

  private static void requireKind(Target target, ObjectNode object) {
    var kind = Json.text(object, "kind");
    var apiVersion = Json.text(object, "apiVersion");
    if (!kind.equals(target.kind().name()) || !apiVersion.equals(target.apiVersion())) {
      throw ApiException.badRequest(
          "the object provided is unrecognized (must be of type %s): %s %s"
              .formatted(target.kind().name(), apiVersion, kind));
    }
  }

  private static void requireNamespace(Target target, ObjectNode metadata) {
    var namespace = Json.text(metadata, "namespace");
    if (target.kind().namespaced()
        && !namespace.isEmpty()
        && !namespace.equals(target.namespace())) {
      throw ApiException.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
  }

  private static ObjectNode body(ApiRequest request) {
    if (parsed(request) instanceof ObjectNode object) {
      return object;
    }
    throw ApiException.badRequest("the body is no object");
  }

  private static JsonNode parsed(ApiRequest request) {
    try {
      return Json.parse(request.body());
    } catch (RuntimeException e) {
      throw ApiException.badRequest("the body is no JSON: " + e.getMessage());
    }
  }

  private static boolean isDryRun(ApiRequest request) {
    return request.query().containsKey("dryRun");
  }

  private static String manager(ApiRequest request) {
    var manager = request.parameter("fieldManager");
    return manager.isEmpty() ? request.userAgent().split("/", 2)[0] : manager;
  }

  private static ApiException notAllowed() {
    return new ApiException(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  }

  /** Five letters as Kubernetes generates them. */
  static String suffix() {
    return ThreadLocalRandom.current()
        .ints(5, 0, ALPHABET.length())
        .mapToObj(i -> ALPHABET.substring(i, i + 1))
        .collect(Collectors.joining());
  }

  // ---- paths and discovery

  /** What a path names; an empty name: all objects of the kind. */
  record Target(Kind kind, String version, String namespace, String name, String subresource) {

    static Target of(String path) {
      var parts = path.substring(1).split("/", -1);
      var core = parts[0].equals("api");
      var start = core ? 2 : 3;
      if (parts.length <= start || !(core || parts[0].equals("apis"))) {
        throw ApiException.noSuchPath();
      }
      var group = core ? "" : parts[1];
      var version = parts[start - 1];
      var namespace = "";
      if (parts[start].equals("namespaces")
          && parts.length > start + 2
          && Kind.find(group, version, parts[start + 2]).isPresent()) {
        namespace = parts[start + 1];
        start += 2;
      }
      var kind = Kind.find(group, version, parts[start]).orElseThrow(ApiException::noSuchPath);
      return new Target(
          kind,
          version,
          namespace,
          parts.length > start + 1 ? parts[start + 1] : "",
          parts.length > start + 2 ? parts[start + 2] : "");
    }

    ObjectKey key() {
      return new ObjectKey(kind, namespace, name);
    }

    String apiVersion() {
      return kind.apiVersion(version);
    }

    @Nullable String namespaceOrAll() {
      return namespace.isEmpty() ? null : namespace;
    }

    /** In the version that was asked for. */
    ObjectNode shown(ObjectNode object) {
      return Json.text(object, "apiVersion").equals(apiVersion())
          ? object
          : object.deepCopy().put("apiVersion", apiVersion());
    }
  }

  private ObjectNode versionInfo() {
    var parts = version.split("\\.", -1);
    return Json.object()
        .put("major", parts[0])
        .put("minor", parts[1])
        .put("gitVersion", "v" + version + "+simulated")
        .put("gitCommit", "0000000000000000000000000000000000000000")
        .put("gitTreeState", "clean")
        .put("buildDate", "2026-01-01T00:00:00Z")
        .put("platform", "java/simulated");
  }

  /** Null where the path is no discovery. */
  private static @Nullable ObjectNode discover(String path) {
    if (path.equals("/api")) {
      var versions = Json.object().put("kind", "APIVersions");
      versions.putArray("versions").add("v1");
      return versions;
    }
    var groups =
        Kind.all().stream()
            .filter(kind -> !kind.group().isEmpty())
            .collect(Collectors.groupingBy(Kind::group, TreeMap::new, Collectors.toList()));
    if (path.equals("/apis")) {
      var list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
      var array = list.putArray("groups");
      groups.forEach((name, kinds) -> array.add(group(name, kinds)));
      return list;
    }
    var parts = path.substring(1).split("/", -1);
    if (path.equals("/api/v1")) {
      return resources("v1", Kind.all().stream().filter(kind -> kind.group().isEmpty()).toList());
    }
    if (parts[0].equals("apis") && parts.length == 2 && groups.containsKey(parts[1])) {
      return group(parts[1], Objects.requireNonNull(groups.get(parts[1])))
          .put("kind", "APIGroup")
          .put("apiVersion", "v1");
    }
    if (parts[0].equals("apis") && parts.length == 3 && groups.containsKey(parts[1])) {
      var kinds =
          Objects.requireNonNull(groups.get(parts[1])).stream()
              .filter(kind -> kind.versions().contains(parts[2]))
              .toList();
      return kinds.isEmpty() ? null : resources(parts[1] + "/" + parts[2], kinds);
    }
    return null;
  }

  private static ObjectNode group(String name, List<Kind> kinds) {
    var group = Json.object().put("name", name);
    var versions =
        kinds.stream()
            .max(Comparator.comparingInt(kind -> kind.versions().size()))
            .orElseThrow()
            .versions();
    var array = group.putArray("versions");
    for (var version : versions) {
      array.add(Json.object().put("groupVersion", name + "/" + version).put("version", version));
    }
    group.set("preferredVersion", array.get(0).deepCopy());
    return group;
  }

  private static ObjectNode resources(String groupVersion, Collection<Kind> kinds) {
    var list =
        Json.object()
            .put("kind", "APIResourceList")
            .put("apiVersion", "v1")
            .put("groupVersion", groupVersion);
    var array = list.putArray("resources");
    for (var kind : kinds) {
      var resource =
          Json.object()
              .put("name", kind.plural())
              .put("singularName", kind.name().toLowerCase(java.util.Locale.ROOT))
              .put("namespaced", kind.namespaced())
              .put("kind", kind.name());
      for (var verb :
          List.of(
              "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")) {
        Json.makeArray(resource, "verbs").add(verb);
      }
      array.add(resource);
    }
    return list;
  }
}
