package io.aviary.github;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import io.aviary.house.NpmPackage;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** GitHub's own description of its REST API, and whether a request is one that it describes. */
final class GitHubsDescription {

  private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDialect(Dialects.getOpenApi30());
  private static final int DEEPEST = 50;

  private final JsonNode description;

  private GitHubsDescription(JsonNode description) {
    this.description = description;
  }

  /** Where it cannot be had the test is left out; in CI it must be had. */
  static GitHubsDescription demanded() {
    return new GitHubsDescription(NpmPackage.OPENAPI.demanded("generated/api.github.com.json"));
  }

  /**
   * A request as described.
   *
   * @param operation GitHub's name of it
   * @param faults what GitHub does not describe so; empty: nothing
   */
  record Checked(String operation, List<String> faults) {}

  /**
   * @param address path below the API's root, and query
   * @param body empty: none
   */
  Checked check(String method, String address, String body) {
    var uri = URI.create(address);
    var path = path(method, uri.getRawPath());
    if (path == null) {
      return new Checked("none", List.of("no " + method + " " + uri.getRawPath()));
    }
    var item = description.path("paths").path(path);
    var operation = item.path(method.toLowerCase(java.util.Locale.ROOT));
    var parameters = parameters(item, operation);
    var faults = new ArrayList<String>();
    faults.addAll(pathFaults(path, uri.getRawPath(), parameters));
    faults.addAll(queryFaults(uri.getRawQuery(), parameters));
    faults.addAll(bodyFaults(operation.path("requestBody"), body));
    var name = operation.path("operationId").asString();
    return new Checked(name, faults.stream().map(it -> name + ": " + it).toList());
  }

  /** The template with the fewest parameters that has this method. */
  private @Nullable String path(String method, String path) {
    return description
        .path("paths")
        .propertyStream()
        .filter(it -> it.getValue().has(method.toLowerCase(java.util.Locale.ROOT)))
        .map(Map.Entry::getKey)
        .filter(template -> matches(template, path))
        .min(Comparator.comparingLong(template -> template.chars().filter(c -> c == '{').count()))
        .orElse(null);
  }

  private static boolean matches(String template, String path) {
    var parts = template.split("/", -1);
    var segments = path.split("/", -1);
    if (parts.length != segments.length) {
      return false;
    }
    for (var i = 0; i < parts.length; i++) {
      if (!parts[i].equals(segments[i]) && (!parts[i].startsWith("{") || segments[i].isEmpty())) {
        return false;
      }
    }
    return true;
  }

  private List<JsonNode> parameters(JsonNode item, JsonNode operation) {
    var all = new ArrayList<JsonNode>();
    item.path("parameters").forEach(it -> all.add(resolved(it, 0)));
    operation.path("parameters").forEach(it -> all.add(resolved(it, 0)));
    return all;
  }

  private static List<String> pathFaults(String template, String path, List<JsonNode> parameters) {
    var parts = template.split("/", -1);
    var segments = path.split("/", -1);
    var faults = new ArrayList<String>();
    for (var i = 0; i < parts.length; i++) {
      var name = Pattern.compile("\\{(.+)}").matcher(parts[i]);
      if (name.matches()) {
        faults.addAll(valueFaults("path", name.group(1), segments[i], parameters));
      }
    }
    return faults;
  }

  private static List<String> queryFaults(@Nullable String query, List<JsonNode> parameters) {
    var given = new TreeMap<String, String>();
    for (var pair : (query == null ? "" : query).split("&", -1)) {
      if (!pair.isEmpty()) {
        var parts = pair.split("=", 2);
        given.put(parts[0], parts.length == 2 ? parts[1] : "");
      }
    }
    var faults = new ArrayList<String>();
    given.forEach((name, value) -> faults.addAll(valueFaults("query", name, value, parameters)));
    for (var parameter : parameters) {
      if (parameter.path("in").asString().equals("query")
          && parameter.path("required").asBoolean(false)
          && !given.containsKey(parameter.path("name").asString())) {
        faults.add("the query lacks " + parameter.path("name").asString());
      }
    }
    return faults;
  }

  private static List<String> valueFaults(
      String in, String name, String raw, List<JsonNode> parameters) {
    var schema =
        parameters.stream()
            .filter(
                it ->
                    it.path("in").asString().equals(in) && it.path("name").asString().equals(name))
            .map(it -> it.path("schema"))
            .findFirst();
    if (schema.isEmpty()) {
      return List.of("no parameter " + name + " in its " + in);
    }
    var text = URLDecoder.decode(raw, StandardCharsets.UTF_8);
    var isNumber =
        schema.get().path("type").asString("").equals("integer") && text.matches("-?\\d{1,18}");
    JsonNode value =
        isNumber
            ? JsonNodeFactory.instance.numberNode(Long.parseLong(text))
            : JsonNodeFactory.instance.stringNode(text);
    return faults(in + " " + name, schema.get(), value);
  }

  private List<String> bodyFaults(JsonNode described, String body) {
    if (described.isMissingNode()) {
      return body.isEmpty() ? List.of() : List.of("it takes no body: " + body);
    }
    var content = resolved(described, 0);
    if (body.isEmpty()) {
      return content.path("required").asBoolean(false) ? List.of("the body is missing") : List.of();
    }
    var schema = content.path("content").path("application/json").path("schema");
    var value = JsonMapper.shared().readTree(body);
    var faults = new ArrayList<>(faults("body", schema, value));
    // GitHub ignores what it does not know, so that a misspelt name would go unnoticed.
    if (schema.path("additionalProperties").isMissingNode() && schema.has("properties")) {
      var unknown = new HashSet<>(value.propertyNames());
      unknown.removeAll(schema.path("properties").propertyNames());
      unknown.forEach(name -> faults.add("the body has no '" + name + "'"));
    }
    return faults;
  }

  private static List<String> faults(String what, JsonNode schema, JsonNode value) {
    return SCHEMAS.getSchema(schema).validate(value).stream()
        .map(error -> what + " " + error.getInstanceLocation() + " " + error.getMessage())
        .toList();
  }

  /** With the parts that it refers to in their places. */
  private JsonNode resolved(JsonNode node, int depth) {
    if (depth > DEEPEST) {
      throw new IllegalStateException("the description of a request has no end");
    }
    if (node instanceof ObjectNode object) {
      if (object.path("$ref").isString()) {
        return resolved(description.at(object.path("$ref").asString().substring(1)), depth + 1);
      }
      var copy = JsonNodeFactory.instance.objectNode();
      object.forEachEntry((name, value) -> copy.set(name, resolved(value, depth + 1)));
      return copy;
    }
    if (node instanceof ArrayNode array) {
      var copy = JsonNodeFactory.instance.arrayNode();
      array.forEach(it -> copy.add(resolved(it, depth + 1)));
      return copy;
    }
    return node;
  }
}
