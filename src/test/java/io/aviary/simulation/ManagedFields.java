package io.aviary.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Server-side apply: who owns which field, kept in {@code metadata.managedFields} in the real
 * format, so that clients may read and rewrite it. Sets of fields are trees as in {@code fieldsV1}.
 */
final class ManagedFields {

  private static final List<String> SERVER_METADATA =
      List.of(
          "name",
          "namespace",
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "managedFields",
          "selfLink");

  /** What every object has, whoever owns what is in it. */
  private static final List<String> ROOTS = List.of("f:metadata", "f:spec");

  private ManagedFields() {}

  /**
   * What the object is after an apply.
   *
   * @param live null: it is not there yet
   * @throws ApiException 409 if another manager owns a field with another value, unless forced
   */
  static ObjectNode apply(
      Kind kind,
      @Nullable ObjectNode live,
      ObjectNode applied,
      String manager,
      boolean force,
      String now) {
    var wanted = fieldsOf(applied);
    var base = live == null ? Json.object() : live;
    var entries = entries(base);
    var mine = find(entries, manager, "Apply");
    var theirs = entries.stream().filter(entry -> !entry.equals(mine)).toList();
    var before = mine == null ? Json.object() : fields(mine);
    if (!force) {
      refuseConflicts(kind, applied, base, wanted, theirs);
    }
    var result = (ObjectNode) merge("", base, applied);
    var others = Json.object();
    for (var entry : theirs) {
      others = union(others, fields(entry));
    }
    remove("", result, leaving(before, wanted, others));
    var kept = Json.array();
    for (var entry : theirs) {
      var left = minusChanged(fields(entry), wanted, base, result);
      if (!left.isEmpty()) {
        kept.add(entry.deepCopy().set("fieldsV1", left));
      }
    }
    var time = mine != null && wanted.equals(before) ? Json.text(mine, "time") : now;
    kept.add(entry(manager, "Apply", Json.text(applied, "apiVersion"), time, wanted));
    Json.make(result, "metadata").set("managedFields", sorted(kept));
    return result;
  }

  /** Notes who wrote what by a create, update or patch that is no apply. */
  static void note(@Nullable ObjectNode before, ObjectNode after, String manager, String now) {
    var metadata = Json.make(after, "metadata");
    var written = before == null ? fieldsOf(after) : changed("", before, after, fieldsOf(after));
    var all = fieldsOf(after);
    var kept = Json.array();
    ObjectNode mine = Json.object();
    var time = now;
    for (var entry : entries(after)) {
      if (Json.text(entry, "manager").equals(manager)
          && Json.text(entry, "operation").equals("Update")) {
        mine = intersect(fields(entry), all);
        time = written.isEmpty() ? Json.text(entry, "time") : now;
        continue;
      }
      var left = minus(intersect(fields(entry), all), written);
      if (!left.isEmpty()) {
        kept.add(entry.deepCopy().set("fieldsV1", left));
      }
    }
    mine = union(mine, written);
    if (!mine.isEmpty()) {
      kept.add(entry(manager, "Update", Json.text(after, "apiVersion"), time, mine));
    }
    if (kept.isEmpty()) {
      metadata.remove("managedFields");
    } else {
      metadata.set("managedFields", sorted(kept));
    }
  }

  /** In an order that does not depend on who wrote last, so that writing the same is no change. */
  private static ArrayNode sorted(ArrayNode entries) {
    var list = new ArrayList<>(Json.objects(entries));
    list.sort(
        Comparator.comparing((ObjectNode entry) -> Json.text(entry, "operation"))
            .thenComparing(entry -> Json.text(entry, "manager")));
    return Json.array().addAll(list);
  }

  private static ObjectNode entry(
      String manager, String operation, String apiVersion, String time, ObjectNode fields) {
    return Json.object()
        .put("manager", manager)
        .put("operation", operation)
        .put("apiVersion", apiVersion)
        .put("time", time)
        .put("fieldsType", "FieldsV1")
        .set("fieldsV1", fields);
  }

  private static List<ObjectNode> entries(ObjectNode object) {
    return Json.objects(Json.at(object, "metadata", "managedFields"));
  }

  private static @Nullable ObjectNode find(
      List<ObjectNode> entries, String manager, String operation) {
    return entries.stream()
        .filter(
            entry ->
                Json.text(entry, "manager").equals(manager)
                    && Json.text(entry, "operation").equals(operation)
                    && Json.text(entry, "subresource").isEmpty())
        .findFirst()
        .orElse(null);
  }

  private static ObjectNode fields(ObjectNode entry) {
    return entry.get("fieldsV1") instanceof ObjectNode fields ? fields : Json.object();
  }

  private static void refuseConflicts(
      Kind kind, ObjectNode applied, ObjectNode live, ObjectNode wanted, List<ObjectNode> theirs) {
    for (var entry : theirs) {
      var shared = intersect(fields(entry), wanted);
      var left = minusChanged(shared, wanted, live, merge("", live, applied));
      if (!left.equals(shared)) {
        throw new ApiException(
            409,
            "Conflict",
            "Apply failed with 1 conflict: conflict with \"%s\" using %s: %s"
                .formatted(Json.text(entry, "manager"), kind.apiVersion(), minus(shared, left)));
      }
    }
  }

  // ---- sets of fields

  /** All fields of an object but those that the server alone writes. */
  static ObjectNode fieldsOf(ObjectNode object) {
    var content = object.deepCopy();
    content.remove(List.of("apiVersion", "kind", "status"));
    if (content.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove(SERVER_METADATA);
      if (metadata.isEmpty()) {
        content.remove("metadata");
      }
    }
    return tree("", content);
  }

  private static ObjectNode tree(String name, JsonNode value) {
    var result = Json.object();
    if (value instanceof ObjectNode object && !Schema.isAtomicMap(name)) {
      object
          .properties()
          .forEach(
              field -> result.set("f:" + field.getKey(), tree(field.getKey(), field.getValue())));
    } else if (value instanceof ArrayNode list) {
      var keys = Schema.keys(name, list);
      if (keys != null) {
        for (var item : list) {
          var itemTree = Json.object();
          itemTree.putObject(".");
          itemTree.setAll(tree("", item));
          result.set("k:" + Schema.key(keys, item), itemTree);
        }
      } else if (Schema.isSet(name)) {
        list.forEach(item -> result.putObject("v:" + item));
      }
    }
    return result;
  }

  private static ObjectNode union(ObjectNode one, ObjectNode other) {
    var result = one.deepCopy();
    other
        .properties()
        .forEach(
            field ->
                result.set(
                    field.getKey(),
                    union(sub(result, field.getKey()), (ObjectNode) field.getValue())));
    return result;
  }

  private static ObjectNode minus(ObjectNode one, ObjectNode other) {
    var result = Json.object();
    for (var field : one.properties()) {
      var there = other.get(field.getKey());
      if (there == null) {
        result.set(field.getKey(), field.getValue().deepCopy());
      } else if (!field.getValue().isEmpty()) {
        // What the other owns as a whole (a leaf) takes all below it.
        var left =
            there.isEmpty()
                ? Json.object()
                : minus((ObjectNode) field.getValue(), (ObjectNode) there);
        if (!left.isEmpty()) {
          result.set(field.getKey(), left);
        }
      }
    }
    return result;
  }

  /**
   * What an apply takes out of the object. A field of which nobody owns any part goes as a whole,
   * so that the defaults that the server had put below it go with it.
   */
  private static ObjectNode leaving(ObjectNode before, ObjectNode wanted, ObjectNode others) {
    var result = Json.object();
    for (var field : before.properties()) {
      var step = field.getKey();
      if (!wanted.has(step) && !others.has(step) && !ROOTS.contains(step)) {
        result.putObject(step);
      } else if (!field.getValue().isEmpty()) {
        var below = leaving((ObjectNode) field.getValue(), sub(wanted, step), sub(others, step));
        if (!below.isEmpty()) {
          result.set(step, below);
        }
      }
    }
    return result;
  }

  private static ObjectNode intersect(ObjectNode one, ObjectNode other) {
    var result = Json.object();
    for (var field : one.properties()) {
      if (other.get(field.getKey()) instanceof ObjectNode there) {
        var mine = (ObjectNode) field.getValue();
        var both = intersect(mine, there);
        if (!both.isEmpty() || mine.isEmpty()) {
          result.set(field.getKey(), both);
        }
      }
    }
    return result;
  }

  /** Those of a set whose value an apply changes are taken away from their owner. */
  private static ObjectNode minusChanged(
      ObjectNode owned, ObjectNode wanted, JsonNode before, JsonNode after) {
    return minus(owned, changed("", before, after, intersect(wanted, owned)));
  }

  /** Those of the fields whose values differ. */
  private static ObjectNode changed(
      String name, JsonNode before, JsonNode after, ObjectNode fields) {
    var result = Json.object();
    for (var field : fields.properties()) {
      var step = field.getKey();
      var below = (ObjectNode) field.getValue();
      if (step.equals(".")) {
        if (before.isMissingNode()) {
          result.putObject(".");
        }
        continue;
      }
      var old = child(name, before, step);
      var now = child(name, after, step);
      if (below.isEmpty()) {
        if (!old.equals(now)) {
          result.set(step, below);
        }
      } else {
        var inner = changed(step.startsWith("f:") ? step.substring(2) : "", old, now, below);
        if (!inner.isEmpty()) {
          result.set(step, inner);
        }
      }
    }
    return result;
  }

  private static ObjectNode sub(ObjectNode tree, String step) {
    return tree.get(step) instanceof ObjectNode there ? there : Json.object();
  }

  // ---- values

  private static JsonNode child(String name, JsonNode value, String step) {
    if (step.startsWith("f:")) {
      return value.path(step.substring(2));
    }
    var index = indexOf(name, value, step);
    return index < 0 ? Json.object().path("nothing") : value.get(index);
  }

  private static int indexOf(String name, JsonNode list, String step) {
    var keys = Schema.keys(name, list);
    for (var i = 0; i < list.size(); i++) {
      var id = keys == null ? "v:" + list.get(i) : "k:" + Schema.key(keys, list.get(i));
      if (id.equals(step)) {
        return i;
      }
    }
    return -1;
  }

  private static JsonNode merge(String name, JsonNode live, JsonNode applied) {
    if (applied instanceof ObjectNode fields
        && live instanceof ObjectNode object
        && !Schema.isAtomicMap(name)) {
      var result = object.deepCopy();
      for (var field : fields.properties()) {
        result.set(
            field.getKey(), merge(field.getKey(), result.path(field.getKey()), field.getValue()));
      }
      return result;
    }
    if (applied instanceof ArrayNode items && live instanceof ArrayNode there) {
      var keys = Schema.keys(name, there.isEmpty() ? items : there);
      if (keys != null || Schema.isSet(name)) {
        return mergeList(name, there, items, keys);
      }
    }
    return applied.deepCopy();
  }

  private static ArrayNode mergeList(
      String name, ArrayNode live, ArrayNode applied, @Nullable List<String> keys) {
    var result = live.deepCopy();
    for (var item : applied) {
      var index = indexOf(name, result, keys == null ? "v:" + item : "k:" + Schema.key(keys, item));
      if (index < 0) {
        result.add(item.deepCopy());
      } else {
        result.set(index, merge("", result.get(index), item));
      }
    }
    return result;
  }

  /** Takes fields away that nobody owns any longer, and what is empty then. */
  private static void remove(String name, JsonNode value, ObjectNode fields) {
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      var step = field.getKey();
      var below = (ObjectNode) field.getValue();
      if (step.equals(".")) {
        continue;
      }
      if (value instanceof ObjectNode object) {
        var childName = step.substring(2);
        var child = object.path(childName);
        if (!below.isEmpty()) {
          remove(childName, child, below);
        }
        if (below.isEmpty() || child.isEmpty()) {
          object.remove(childName);
        }
      } else if (value instanceof ArrayNode list) {
        var index = indexOf(name, list, step);
        if (index >= 0 && (below.isEmpty() || below.has("."))) {
          list.remove(index);
        } else if (index >= 0) {
          remove("", list.get(index), below);
        }
      }
    }
  }
}
