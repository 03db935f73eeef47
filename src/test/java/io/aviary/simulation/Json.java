package io.aviary.simulation;

import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Short words for trees of JSON. */
final class Json {

  static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  static ObjectNode object(Map<String, ?> content) {
    return MAPPER.valueToTree(content);
  }

  static JsonNode parse(String text) {
    return MAPPER.readTree(text);
  }

  static JsonNode at(JsonNode node, String... path) {
    var here = node;
    for (var name : path) {
      here = here.path(name);
    }
    return here;
  }

  /** Empty where there is nothing. */
  static String text(JsonNode node, String... path) {
    return at(node, path).asString("");
  }

  static int number(JsonNode node, int otherwise, String... path) {
    return at(node, path).asInt(otherwise);
  }

  static List<ObjectNode> objects(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .filter(ObjectNode.class::isInstance)
        .map(ObjectNode.class::cast)
        .toList();
  }

  static List<String> strings(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asString).toList();
  }

  static Map<String, String> stringMap(JsonNode object) {
    var result = new java.util.TreeMap<String, String>();
    object
        .propertyStream()
        .forEach(entry -> result.put(entry.getKey(), entry.getValue().asString()));
    return result;
  }

  /** The object at that path, made where it is missing. */
  static ObjectNode make(ObjectNode node, String... path) {
    var here = node;
    for (var name : path) {
      here = here.get(name) instanceof ObjectNode there ? there : here.putObject(name);
    }
    return here;
  }

  static ArrayNode makeArray(ObjectNode node, String name) {
    return node.get(name) instanceof ArrayNode there ? there : node.putArray(name);
  }
}
