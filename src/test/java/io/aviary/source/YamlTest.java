package io.aviary.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTest {

  private final Findings findings = new Findings();

  private List<Tree> read(String text) {
    return Yaml.read("a.yml", text, Scalars.KUBECTL, findings);
  }

  private List<String> mistakes(String text) {
    var _ = read(text);
    return findings.sorted().stream().map(Mistake::toString).toList();
  }

  @Test
  void readsDocumentsWithTheirLines() {
    var documents = read("# first\na: 1\nb:\n- x\n- k: 'yes'\n---\n\nc: yes\n---\n# empty\n");
    assertThat(documents).hasSize(3);
    assertThat(documents.get(0).toJson())
        .isEqualTo(Map.of("a", 1, "b", List.of("x", Map.of("k", "yes"))));
    assertThat(documents.get(0).line()).isEqualTo(2);
    assertThat(documents.get(1).toJson()).isEqualTo(Map.of("c", true));
    assertThat(documents.get(1).line()).isEqualTo(8);
    assertThat(documents.get(2).toJson()).isNull();
    var lines = new Lines("a.yml", documents.get(0));
    lines.add(findings, "b[1].k", "here");
    lines.add(findings, "b[1].z", "nearest");
    lines.add(findings, "z", "nowhere");
    assertThat(findings.sorted())
        .extracting(Mistake::toString)
        .containsExactly(
            "a.yml:2: z: nowhere", "a.yml:5: b[1].k: here", "a.yml:5: b[1].z: nearest");
  }

  @Test
  void readsJson() {
    assertThat(read("{\"a\": [1, \"2\", true, {\"b\": \"c\\n\"}]}").getFirst().toJson())
        .isEqualTo(Map.of("a", List.of(1, "2", true, Map.of("b", "c\n"))));
  }

  @Test
  void resolvesAliasesAndMerges() {
    var text =
        """
        base: &base {a: 1, b: 2}
        same: *base
        more:
          <<: *base
          b: 3
        both: {<<: [*base, {c: 4}], '<': 5}
        """;
    assertThat(read(text).getFirst().toJson())
        .isEqualTo(
            Map.of(
                "base", Map.of("a", 1, "b", 2),
                "same", Map.of("a", 1, "b", 2),
                "more", Map.of("a", 1, "b", 3),
                "both", Map.of("a", 1, "b", 2, "c", 4, "<", 5)));
    assertThat(findings.isEmpty()).isTrue();
  }

  @Test
  void makesTextsOfKeysAsKubectlDoes() {
    assertThat(read("{on: 1, 0x10: 2, null-ish: 3}").getFirst().toJson())
        .isEqualTo(Map.of("true", 1, "16", 2, "null-ish", 3));
  }

  @Test
  void believesTags() {
    assertThat(read("{a: !!str 5, b: !!int '5', c: !!map {}}").getFirst().toJson())
        .isEqualTo(Map.of("a", "5", "b", 5, "c", Map.of()));
    assertThat(mistakes("a:\n  b: !!binary aGk=\n"))
        .containsExactly(
            "a.yml:2: a.b: has the tag tag:yaml.org,2002:binary, which is not supported");
  }

  @Test
  void findsKeysThatAreThereTwice() {
    assertThat(mistakes("a:\n  b: 1\n  c: 2\n  b: 3\nd: {e: 1, e: 2}\n"))
        .containsExactly(
            "a.yml:4: a.b: is there twice; the first is in line 2",
            "a.yml:5: d.e: is there twice; the first is in line 5");
  }

  @Test
  void saysWhereTheSyntaxIsWrong() {
    assertThat(mistakes("a: 1\n b: 2\n"))
        .containsExactly(
            "a.yml:2: is not valid YAML: mapping values are not allowed here (column 3)");
    assertThat(read("a: 1\n---\n{\n")).as("what came before the error").hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: [1, 2",
        "a: 'open",
        "\tb: 1",
        "a: *none",
        "a: &a [*a]",
        "? [a]\n: b",
        "a: .inf",
        "a: \u0007",
        "%YAML 3.0\n---\na: 1",
        "a: !local b",
        "<<: 5",
        "~: 5",
        "@",
      })
  void refusesWhatItCannotRead(String text) {
    assertThat(mistakes(text)).hasSize(1);
  }

  @Test
  void isNotBlownUpByAliases() {
    var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (var i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i));
      bomb.append("*a%d, ".formatted(i - 1).repeat(10)).append("]\n");
    }
    assertThat(mistakes(bomb.toString()))
        .containsExactly("a.yml:5: has more than 100000 values, with what aliases stand for");
  }

  @Test
  void isNotDrownedByDepth() {
    assertThat(mistakes("[".repeat(100_000)))
        .containsExactly("a.yml:1: is nested deeper than 100 levels");
    assertThat(mistakes("{a: ".repeat(100_000)))
        .contains("a.yml:1: is nested deeper than 100 levels");
  }
}
