package io.aviary.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schema that editors use knows the keys and words that {@link DefinitionReader} knows. */
class SchemaTest {

  private static final JsonNode SCHEMA =
      JsonMapper.shared()
          .readTree(read(Path.of("src/main/resources/static/assets/aviary.schema.json")));

  private static final String UNKNOWN = "qqqqqqqqqqqq";

  /**
   * Every part of the file, each with a key that is not known, so that the reader says which are.
   */
  private static final String EVERY_PART =
      """
      Q: 1
      images: {app: {name: a/b, Q: 1}}
      canary:
        Q: 1
        manifests: [a.yml]
        gates:
          - name: one
            Q: 1
            traffic: 10
            test: {image: app, Q: 1}
            metrics: [{name: m, query: up, max: 1, every: 1s, Q: 1}]
            approval: {Q: 1}
      production: {manifests: {helm: {chart: c, Q: 1}, Q: 1}, Q: 1}
      traffic: {Q: 1}
      pods: {resources: {Q: 1}, Q: 1}
      """
          .replace("Q", UNKNOWN);

  private static final Map<String, List<String>> PLACES =
      Map.ofEntries(
          Map.entry("", List.of()),
          Map.entry("images.app", List.of("properties", "images", "additionalProperties")),
          Map.entry("canary", List.of("properties", "canary")),
          Map.entry("canary.gates[0]", List.of("definitions", "gate")),
          Map.entry("canary.gates[0].test", List.of("definitions", "gate", "properties", "test")),
          Map.entry("canary.gates[0].metrics[0]", List.of("definitions", "metric")),
          Map.entry(
              "canary.gates[0].approval", List.of("definitions", "gate", "properties", "approval")),
          Map.entry("production", List.of("properties", "production")),
          Map.entry(
              "production.manifests",
              List.of("properties", "production", "properties", "manifests", "anyOf", "1")),
          Map.entry(
              "production.manifests.helm",
              List.of(
                  "properties",
                  "production",
                  "properties",
                  "manifests",
                  "anyOf",
                  "1",
                  "properties",
                  "helm")),
          Map.entry("traffic", List.of("properties", "traffic")),
          Map.entry("pods", List.of("properties", "pods")),
          Map.entry("pods.resources", List.of("properties", "pods", "properties", "resources")));

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode at(List<String> path) {
    var node = SCHEMA;
    for (var step : path) {
      node = node.isArray() ? node.path(Integer.parseInt(step)) : node.path(step);
    }
    return node;
  }

  @Test
  void theSchemaHasTheKeysThatTheReaderKnows() {
    var known = new TreeMap<String, TreeSet<String>>();
    for (var mistake : mistakes(EVERY_PART)) {
      if (mistake.key().endsWith(UNKNOWN)) {
        var place = mistake.key().replaceFirst("\\.?" + UNKNOWN + "$", "");
        var keys = mistake.sentence().replaceFirst(".*keys here are ", "");
        known.put(place, new TreeSet<>(List.of(keys.split(", ", -1))));
      }
    }

    assertThat(known.keySet()).isEqualTo(new TreeSet<>(PLACES.keySet()));
    known.forEach(
        (place, keys) -> {
          var schema = at(Objects.requireNonNull(PLACES.get(place)));
          assertThat(new TreeSet<>(schema.path("properties").propertyNames()))
              .as("keys at '%s'", place)
              .isEqualTo(keys);
          assertThat(schema.path("additionalProperties").asBoolean(true)).as(place).isFalse();
        });
  }

  @Test
  void theReaderTakesEveryWordOfTheSchema() {
    var gate = "images: {app: {name: a/b}}\nproduction: {manifests: [p.yml]}\n%s";
    for (var word : words("properties", "traffic", "properties", "by")) {
      assertThat(
              mistakes(
                  gate.formatted(
                      "traffic: {by: "
                          + word
                          + (word.equals("labels") ? "" : ", route: r")
                          + "}\ncanary: {manifests: [c.yml]}")))
          .as(word)
          .isEmpty();
    }
    var inGate =
        "canary: {manifests: [c.yml], gates: [{name: one, traffic: 10, metrics: [{name: m, bad: b, all: a, max: 1}], %s}]}";
    for (var word : words("definitions", "gate", "properties", "on-inconclusive")) {
      assertThat(mistakes(gate.formatted(inGate.formatted("on-inconclusive: " + word))))
          .as(word)
          .isEmpty();
    }
    for (var word :
        words("definitions", "gate", "properties", "approval", "properties", "on-timeout")) {
      assertThat(mistakes(gate.formatted(inGate.formatted("approval: {on-timeout: " + word + "}"))))
          .as(word)
          .isEmpty();
    }
    var inMetric =
        "canary: {manifests: [c.yml], gates: [{name: one, traffic: 10, metrics: [{name: m, bad: 'b{$PODS}', all: 'a{$PODS}', max: 1, %s}]}]}";
    for (var word : words("definitions", "metric", "properties", "compare")) {
      assertThat(mistakes(gate.formatted(inMetric.formatted("compare: " + word))))
          .as(word)
          .isEmpty();
    }
    for (var word : words("definitions", "metric", "properties", "direction")) {
      assertThat(
              mistakes(gate.formatted(inMetric.formatted("compare: baseline, direction: " + word))))
          .as(word)
          .isEmpty();
    }
  }

  private static List<String> words(String... path) {
    var words = at(List.of(path)).path("enum").valueStream().map(JsonNode::asString).toList();
    assertThat(words).isNotEmpty();
    return words;
  }

  private static List<Mistake> mistakes(String text) {
    return DefinitionReader.read("aviary.yml", text) instanceof DefinitionReader.Mistakes bad
        ? bad.mistakes()
        : List.of();
  }
}
