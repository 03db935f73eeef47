package io.aviary.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Label and field selectors, as queries write them and as objects hold them. */
final class Selector {

  private static final Pattern SET =
      Pattern.compile("\\s*(\\S+)\\s+(in|notin)\\s*\\(([^)]*)\\)\\s*");

  private Selector() {}

  /** {@code a=b,c!=d,e,!f,g in (h,i)}; an empty text selects everything. */
  static Predicate<JsonNode> labels(String text) {
    return all(text, term -> labelTerm(term));
  }

  /** {@code metadata.name=a,status.phase!=Running}; an empty text selects everything. */
  static Predicate<JsonNode> fields(String text) {
    return all(
        text,
        term -> {
          var negated = term.contains("!=");
          var sides = term.split(negated ? "!=" : "==?", 2);
          if (sides.length != 2) {
            throw ApiException.badRequest("invalid field selector: " + term);
          }
          var path = sides[0].strip().split("\\.", -1);
          return object -> Json.text(object, path).equals(sides[1].strip()) != negated;
        });
  }

  /** Whether labels have all of these; an empty map selects nothing, as in a Service. */
  static boolean matches(Map<String, String> wanted, JsonNode object) {
    var labels = Json.at(object, "metadata", "labels");
    return !wanted.isEmpty()
        && wanted.entrySet().stream()
            .allMatch(entry -> Json.text(labels, entry.getKey()).equals(entry.getValue()));
  }

  /** A {@code LabelSelector} with {@code matchLabels} and {@code matchExpressions}. */
  static boolean matches(JsonNode selector, JsonNode object) {
    var labels = Json.at(object, "metadata", "labels");
    var wanted = Json.stringMap(selector.path("matchLabels"));
    return wanted.entrySet().stream()
            .allMatch(entry -> Json.text(labels, entry.getKey()).equals(entry.getValue()))
        && Json.objects(selector.path("matchExpressions")).stream()
            .allMatch(expression -> expression(expression, labels));
  }

  private static boolean expression(JsonNode expression, JsonNode labels) {
    var key = Json.text(expression, "key");
    var values = Json.strings(expression.path("values"));
    return switch (Json.text(expression, "operator")) {
      case "In" -> labels.has(key) && values.contains(Json.text(labels, key));
      case "NotIn" -> !values.contains(Json.text(labels, key));
      case "Exists" -> labels.has(key);
      default -> !labels.has(key);
    };
  }

  private static Predicate<JsonNode> labelTerm(String term) {
    var set = SET.matcher(term);
    if (set.matches()) {
      var values = Set.of(set.group(3).strip().split("\\s*,\\s*", -1));
      var key = set.group(1);
      var in = set.group(2).equals("in");
      return object ->
          (label(object).has(key) && values.contains(Json.text(label(object), key))) == in;
    }
    var equality = term.strip().split("!=|==?", 2);
    var key = equality[0].strip();
    if (equality.length == 2) {
      var value = equality[1].strip();
      return object ->
          (label(object).has(key) && Json.text(label(object), key).equals(value))
              != term.contains("!=");
    }
    return key.startsWith("!")
        ? object -> !label(object).has(key.substring(1).strip())
        : object -> label(object).has(key);
  }

  private static JsonNode label(JsonNode object) {
    return Json.at(object, "metadata", "labels");
  }

  private static Predicate<JsonNode> all(
      String text, java.util.function.Function<String, Predicate<JsonNode>> parse) {
    Predicate<JsonNode> result = object -> true;
    for (var term : terms(text)) {
      result = result.and(parse.apply(term));
    }
    return result;
  }

  /** Splits at commas outside of parentheses. */
  private static List<String> terms(String text) {
    var terms = new ArrayList<String>();
    var term = new StringBuilder();
    var depth = 0;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        terms.add(term.toString());
        term.setLength(0);
      } else {
        term.append(c);
      }
    }
    terms.add(term.toString());
    return terms.stream().filter(each -> !each.isBlank()).toList();
  }
}
