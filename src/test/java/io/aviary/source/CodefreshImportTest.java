package io.aviary.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.CodefreshImport.Entry;
import io.aviary.release.CodefreshImport.Verdict;
import io.aviary.release.definition.ReleaseDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example's pipelines become the example's aviary.yml, and nothing is left out silently. */
class CodefreshImportTest {

  private static final String CANARY = example("codefresh-canary.yml");
  private static final String PRODUCTION = example("codefresh-prod.yml");

  private static String example(String file) {
    try {
      return Files.readString(Path.of("examples/ornithology", file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ReleaseDefinition definition(String text) {
    var result = DefinitionReader.read("aviary.yml", text);
    assertThat(result).isInstanceOf(DefinitionReader.Read.class);
    return ((DefinitionReader.Read) result).definition();
  }

  private static List<String> refusals(String canary, String production) {
    return new CodefreshConverter()
        .convert(canary, production).report().stream()
            .filter(it -> it.verdict() == Verdict.REFUSED)
            .map(it -> it.file() + ":" + it.line() + ": " + it.key() + ": " + it.reason())
            .toList();
  }

  @Test
  void theExamplesPipelinesMeanTheExamplesAviaryYml() {
    var converted = new CodefreshConverter().convert(CANARY, PRODUCTION);

    assertThat(converted.complete()).as("%s", converted.report()).isTrue();
    assertThat(definition(String.valueOf(converted.aviaryYml())))
        .isEqualTo(definition(example("aviary.yml")));
    assertThat(converted.aviaryYml())
        .isEqualTo(
            """
            # Made from the Codefresh pipelines by aviary import codefresh.
            images:
              app:
                name: otomato/ornithology
                args: {VERSION: $SHORT_REVISION}
              test:
                name: otomato/ornitest
                dockerfile: Dockerfile.test
                args: {VERSION: $SHORT_REVISION}
            canary:
              manifests: [orni-dep-canary.yml]
              gates:
                - name: testCanary
                  test: {image: test, command: [/tests/it/canarytest.sh], timeout: 5m}
                - name: verifyCanaryInProd
                  traffic: 10
                  test: {image: test, command: [/tests/it/version_verify.sh], timeout: 5m}
            production:
              manifests: [orni-dep.yml]
            """);
  }

  @Test
  void everyKeyOfTheFilesIsInTheReport() {
    var report = new CodefreshConverter().convert(CANARY, PRODUCTION).report();

    var lines = CANARY.lines().toList();
    for (var i = 0; i < lines.size(); i++) {
      var line = i + 1;
      var isHeading =
          lines
              .get(i)
              .matches("steps:|  \\w+:| +commands:| +condition:| +all:| +canaryTestFailed:.*");
      assertThat(
              report.stream().anyMatch(it -> it.file().endsWith("canary.yml") && it.line() == line))
          .as("line %d: %s", line, lines.get(i))
          .isEqualTo(!isHeading || hasOwnEntry(report, line));
    }
    assertThat(report)
        .anySatisfy(
            it -> {
              assertThat(it.verdict()).isEqualTo(Verdict.CHANGED);
              assertThat(it.reason()).contains("cf-staging@codefresh-staging");
            })
        .anySatisfy(it -> assertThat(it.reason()).contains("namespace: otom8"));
  }

  private static boolean hasOwnEntry(List<Entry> report, int line) {
    return report.stream().anyMatch(it -> it.line() == line && it.file().endsWith("canary.yml"));
  }

  @Test
  void whatAviaryCannotDoIsRefusedWithLineAndReason() {
    var canary =
        CANARY
            .replace(
                "    type: build\n    description: Builds my service\n",
                "    type: build\n    secrets: [x]\n")
            .replace(
                "      - echo \"Canary didn't pass isolation gate. Rolling back\"",
                "      - rm -rf /")
            .replace("${{buildTestImage}}", "${{noSuchStep}}");

    assertThat(refusals(canary, PRODUCTION))
        .contains(
            "codefresh-canary.yml:5: steps.buildAppImage.secrets: Aviary has nothing like it",
            "codefresh-canary.yml:18: steps.pushTestImage: pushes ${{noSuchStep}}, which no step before it builds",
            "codefresh-canary.yml:41: steps.rollbackCanary.commands: Aviary runs no commands of one's own outside of a test: rm -rf /");
  }

  @Test
  void whatIsNoPipelineIsSaidToBeNone() {
    var converted = new CodefreshConverter().convert("a: [", "");

    assertThat(converted.aviaryYml()).isNull();
    assertThat(converted.complete()).isFalse();
    assertThat(refusals("a: [", "")).anyMatch(it -> it.contains("is not valid YAML"));
  }

  @Test
  void textsThatWouldBeSomethingElseAreQuoted() {
    var canary = CANARY.replace("/tests/it/canarytest.sh\"", "true\" \"a:b\" \"say \\\"hi\\\"\"");
    var gate =
        definition(String.valueOf(new CodefreshConverter().convert(canary, PRODUCTION).aviaryYml()))
            .canary()
            .gates()
            .getFirst();

    assertThat(gate.test()).isNotNull();
    assertThat(gate.test().command()).containsExactly("true", "a:b", "say \"hi\"");
  }
}
