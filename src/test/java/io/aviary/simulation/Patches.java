package io.aviary.simulation;

import io.fabric8.zjsonpatch.JsonPatch;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The three kinds of patch that are no apply. None changes its arguments. */
final class Patches {

  private Patches() {}

  /** RFC 6902. */
  static ObjectNode json(ObjectNode live, JsonNode operations) {
    try {
      return (ObjectNode) JsonPatch.apply(operations, live.deepCopy());
    } catch (RuntimeException e) {
      throw new ApiException(
          422,
          "Invalid",
          "the server rejected our request due to an error in our request: " + e.getMessage());
    }
  }

  /** RFC 7386. */
  static JsonNode merge(JsonNode live, JsonNode patch) {
    if (!(patch instanceof ObjectNode fields)) {
      return patch.deepCopy();
    }
    var result = live instanceof ObjectNode object ? object.deepCopy() : Json.object();
    fields
        .properties()
        .forEach(
            field -> {
              if (field.getValue().isNull()) {
                result.remove(field.getKey());
              } else {
                result.set(field.getKey(), merge(result.path(field.getKey()), field.getValue()));
              }
            });
    return result;
  }

  /** A merge that knows the keys of lists, and {@code $patch: delete} and {@code replace}. */
  static JsonNode strategic(JsonNode live, JsonNode patch) {
    if (!(patch instanceof ObjectNode fields)) {
      return patch.deepCopy();
    }
    if (Json.text(patch, "$patch").equals("replace")) {
      return fields.deepCopy().without("$patch");
    }
    var result = live instanceof ObjectNode object ? object.deepCopy() : Json.object();
    fields.properties().forEach(field -> strategic(result, field.getKey(), field.getValue()));
    return result;
  }

  private static void strategic(ObjectNode result, String name, JsonNode value) {
    if (name.startsWith("$")) {
      return;
    }
    if (value.isNull()) {
      result.remove(name);
    } else if (value instanceof ArrayNode items && result.get(name) instanceof ArrayNode live) {
      var keys = Schema.keys(name, live.isEmpty() ? items : live);
      result.set(name, keys == null ? items.deepCopy() : list(live, items, keys));
    } else {
      result.set(name, strategic(result.path(name), value));
    }
  }

  private static ArrayNode list(ArrayNode live, ArrayNode patch, List<String> keys) {
    // The strategic merge key is the first one only, e.g. containerPort without protocol.
    var key = keys.getFirst();
    var result = live.deepCopy();
    for (var item : Json.objects(patch)) {
      var there = indexOf(result, key, Json.text(item, key));
      if (Json.text(item, "$patch").equals("delete")) {
        if (there >= 0) {
          result.remove(there);
        }
      } else if (there >= 0) {
        result.set(there, strategic(result.get(there), item));
      } else {
        result.add(item.deepCopy());
      }
    }
    return result;
  }

  private static int indexOf(ArrayNode list, String key, String value) {
    for (var i = 0; i < list.size(); i++) {
      if (Json.text(list.get(i), key).equals(value)) {
        return i;
      }
    }
    return -1;
  }
}
