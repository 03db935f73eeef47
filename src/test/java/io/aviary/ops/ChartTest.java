package io.aviary.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.kubernetes.Rights;
import io.aviary.kubernetes.Rights.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The chart holds what the code says. What Helm makes of it, helm/test shows. */
class ChartTest {

  private static final Path CHART = Path.of("helm/aviary");
  private static final Path DEPLOYMENT = CHART.resolve("templates/deployment.yaml");
  private static final Pattern RULE =
      Pattern.compile(
          "- \\{apiGroups: \\[\"([^\"]*)\"], resources: \\[([a-z/]+)], verbs: \\[([a-z, ]+)]}");
  private static final Pattern METRIC = Pattern.compile("\\baviary_[a-z_]+");

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Rule> rules(String file) {
    return read(CHART.resolve("files/rights/" + file))
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(
            line -> {
              var rule = RULE.matcher(line);
              assertThat(rule.matches()).as(line).isTrue();
              return new Rule(rule.group(1), rule.group(2), List.of(rule.group(3).split(", ", -1)));
            })
        .toList();
  }

  @Test
  void theRolesHoldExactlyTheRightsThatTheServerNeeds() {
    assertThat(rules("releases.yaml")).isEqualTo(Rights.ofReleases());
    assertThat(rules("manifests.yaml")).isEqualTo(Rights.ofManifests());
    assertThat(rules("routes.yaml")).isEqualTo(Rights.ofRoutes());
    assertThat(rules("builds.yaml")).isEqualTo(Rights.ofBuilds());
  }

  @Test
  void everyMetricOfRulesAndDashboardIsDocumented() {
    var documented = metrics(read(Path.of("docs/operating.md")));
    for (var file : List.of("files/rules.yaml", "files/dashboard.json")) {
      var used =
          metrics(read(CHART.resolve(file))).stream()
              .map(name -> name.replaceFirst("_(bucket|sum|count)$", ""))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(used).as(file).isNotEmpty().isSubsetOf(documented);
    }
  }

  /** What promtool makes of them, helm/test shows. */
  @Test
  void everyAlertIsTestedToFireAndNotTo() {
    var alerts = names(read(CHART.resolve("files/rules.yaml")), Pattern.compile("- alert: (\\w+)"));
    var tests = read(Path.of("helm/rules.test.yaml"));

    assertThat(alerts).isNotEmpty();
    assertThat(names(tests, Pattern.compile("alertname: (\\w+)\\s+exp_alerts:\\s+- exp_labels")))
        .isEqualTo(alerts);
    assertThat(names(tests, Pattern.compile("alertname: (\\w+), exp_alerts: \\[]")))
        .isEqualTo(alerts);
  }

  private static Set<String> names(String text, Pattern pattern) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> metrics(String text) {
    return METRIC
        .matcher(text)
        .results()
        .map(found -> found.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void theServerStartsWithTheFileThatTheJobMakes() {
    var file = Pattern.compile("(?<=-XX:AOTCache=)\\S+").matcher(read(DEPLOYMENT));
    assertThat(file.find()).isTrue();
    assertThat(read(CHART.resolve("templates/_helpers.tpl")))
        .contains("args: [--start-cache=" + file.group() + "]")
        .contains("mountPath: " + Path.of(file.group()).getParent() + ",");
  }

  @Test
  void schemaAndDashboardAreJson() {
    assertThat(JsonMapper.shared().readTree(read(CHART.resolve("values.schema.json"))).isObject())
        .isTrue();
    assertThat(
            JsonMapper.shared()
                .readTree(read(CHART.resolve("files/dashboard.json")))
                .get("panels")
                .size())
        .isGreaterThan(5);
  }
}
