package io.aviary.web.ui;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Recorded evidence in a form that any of it can be shown in: lines, such as those of a log, or
 * named facts.
 */
record Evidence(List<String> lines, List<Fact> facts) {

  private static final Evidence NONE = new Evidence(List.of(), List.of());

  /**
   * Times are shown elsewhere, in the reader's time zone; whose a share is, the gate's definition
   * says.
   */
  private static final Set<String> NOT_SHOWN =
      Set.of("shareSince", "awaitingSince", "awaitingUntil", "reachedAt", "awaySince", "own");

  private static final Set<String> PER_CENT = Set.of("asked", "reached");

  /** E.g. {@code share: 9.7 %}. */
  record Fact(String name, String value) {}

  static Evidence ofNullable(@Nullable JsonNode node) {
    return node == null ? NONE : of(node);
  }

  static Evidence of(JsonNode node) {
    if (node.isArray()) {
      return new Evidence(node.values().stream().map(Evidence::text).toList(), List.of());
    }
    if (!node.isObject()) {
      return node.isNull() ? NONE : new Evidence(List.of(text(node)), List.of());
    }
    var lines = new ArrayList<String>();
    var facts = new ArrayList<Fact>();
    node.properties()
        .forEach(
            property -> {
              var value = property.getValue();
              if (value.isArray() && value.values().stream().allMatch(JsonNode::isString)) {
                value.values().forEach(line -> lines.add(line.stringValue()));
              } else if (isSentences(value)) {
                value.values().forEach(one -> lines.add(text(one.get("sentence"))));
              } else if (!value.isNull() && !NOT_SHOWN.contains(property.getKey())) {
                facts.add(new Fact(label(property.getKey()), shown(property.getKey(), value)));
              }
            });
    return new Evidence(lines, facts);
  }

  /** What a judgement found. */
  private static boolean isSentences(JsonNode value) {
    return value.isArray()
        && !value.isEmpty()
        && value.values().stream().allMatch(one -> one.isObject() && one.has("sentence"));
  }

  /** Of a step's outputs, those that are a single word or number. */
  static List<Fact> facts(Map<String, Object> outputs) {
    return outputs.entrySet().stream()
        .filter(output -> !NOT_SHOWN.contains(output.getKey()))
        .filter(
            output ->
                output.getValue() instanceof String
                    || output.getValue() instanceof Number
                    || output.getValue() instanceof Boolean)
        .map(
            output ->
                new Fact(
                    label(output.getKey()),
                    output.getValue() instanceof Number number
                        ? number(output.getKey(), number.doubleValue())
                        : String.valueOf(output.getValue())))
        .toList();
  }

  boolean isEmpty() {
    return lines.isEmpty() && facts.isEmpty();
  }

  private static String shown(String name, JsonNode value) {
    return value.isNumber() ? number(name, value.doubleValue()) : text(value);
  }

  private static String number(String name, double value) {
    if (PER_CENT.contains(name) || name.toLowerCase(Locale.ROOT).endsWith("share")) {
      return Words.percent(value);
    }
    return BigDecimal.valueOf(value)
        .setScale(4, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  private static String text(JsonNode node) {
    return node.isString() ? node.stringValue() : node.toString();
  }

  /** {@code minRequests} is read as "min requests". */
  private static String label(String name) {
    return name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }
}
