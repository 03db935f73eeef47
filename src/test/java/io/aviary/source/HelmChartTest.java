package io.aviary.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.source.helm.ChartRenderer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The chart of examples/helm, rendered by Helm, and what is wrong when one thing is changed. */
class HelmChartTest {

  private static final ChartRenderer CHARTS = new ChartRenderer();

  private final FakeCheckout commit = FakeCheckout.of(Path.of("examples/ornithology"));

  HelmChartTest() {
    FakeCheckout.of(Path.of("examples/helm"))
        .files()
        .forEach((path, text) -> commit.write("deploy/chart/" + path, text));
    commit
        .delete("orni-dep.yml")
        .edit(
            "aviary.yml",
            "manifests: [orni-dep.yml]",
            "manifests: {helm: {chart: deploy/chart, values: [deploy/chart/production.yaml]}}");
  }

  @AfterAll
  static void nothingIsLeft() {
    CHARTS.close();
  }

  private ReleaseReader.Result result() {
    return Example.reader("registry", CHARTS).read(Example.application(null, Map.of()), commit);
  }

  private ReleaseReader.Read read() {
    return Example.read(result());
  }

  private List<String> mistakes() {
    return Example.mistakes(result());
  }

  @Test
  void productionIsWhatTheChartRendersWithTheLastValues() {
    var read = read();
    assertThat(read.manifests().production())
        .extracting(Manifest::file)
        .containsExactly(
            "deploy/chart/templates/service.yaml (Service ornithology)",
            "deploy/chart/templates/deployment.yaml (Deployment ornithology)");
    assertThat(read.manifests().production().getLast().content().toString())
        .contains("replicas=9", "image=otomato/ornithology:BUILD_NUMBER");
    assertThat(Manifests.whichImages(read.definition(), read.manifests().production()))
        .containsExactly("app");
    assertThat(read.productionDeployment()).isEqualTo("ornithology");
    assertThat(read.service()).isEqualTo("ornithology");
    assertThat(read.notes())
        .containsExactly(
            "Pod ornithology-ping of deploy/chart/templates/tests/ping.yaml is left out: it is a"
                + " test of the chart's");
  }

  @Test
  void aCanaryIsDerivedFromWhatWasRendered() {
    commit.edit("aviary.yml", "  manifests: [orni-dep-canary.yml]\n", "");
    assertThat(read().manifests().canary())
        .extracting(Manifest::kind, Manifest::name)
        .contains(org.assertj.core.api.Assertions.tuple("Deployment", "ornithology-canary"));
  }

  @Test
  void namespaceAndNameOfTheReleaseAreTheApplications() {
    commit.write(
        "deploy/chart/templates/where.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
        data:
          address: {{ getHostByName "localhost" | quote }}
        """);
    assertThat(read().manifests().production().getFirst().content())
        .isEqualTo(
            Map.of(
                "apiVersion",
                "v1",
                "kind",
                "ConfigMap",
                "metadata",
                Map.of("name", "ornithology", "namespace", "otom8"),
                "data",
                Map.of("address", "")));
  }

  @Test
  void theSameIsForbiddenAsInFiles() {
    commit
        .edit(
            "deploy/chart/templates/deployment.yaml",
            "    spec:\n",
            "    spec:\n      hostPID: true\n")
        .write(
            "deploy/chart/templates/more.yaml",
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: all}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: elsewhere, namespace: kube-system}
            """);
    assertThat(mistakes())
        .contains(
            "deploy/chart/templates/deployment.yaml (Deployment ornithology):"
                + " spec.template.spec.hostPID: is not allowed: the node is not yours",
            "deploy/chart/templates/more.yaml (ConfigMap elsewhere): metadata.namespace: must be"
                + " left out, or be the application's: 'otom8'")
        .anyMatch(
            it ->
                it.startsWith(
                    "deploy/chart/templates/more.yaml (ClusterRoleBinding all): kind:"
                        + " 'ClusterRoleBinding' is not allowed"))
        .hasSize(3);
  }

  @Test
  void noClusterIsAsked() {
    commit.write(
        "deploy/chart/templates/secrets.yaml",
        "stolen: {{ lookup \"v1\" \"Secret\" \"kube-system\" \"\" | toJson | quote }}\n");
    assertThat(mistakes())
        .singleElement()
        .asString()
        .startsWith("deploy/chart/templates/secrets.yaml:1: cannot be rendered: ")
        .endsWith("lookup asks a cluster, and none is asked while a commit is read");
  }

  @Test
  void aHookIsRefusedOnlyIfItIsRendered() {
    commit.write("deploy/chart/production.yaml", "replicas: 9\nmigrate: true\n");
    assertThat(mistakes())
        .containsExactly(
            "deploy/chart/templates/migrate.yaml (Job ornithology-migrate):"
                + " metadata.annotations.helm.sh/hook: is pre-upgrade, but no Helm release is"
                + " installed or upgraded that could run hooks; switch it off by values, or make"
                + " it an object like the others");
  }

  @Test
  void mistakesOfTemplatesNameTheirLine() {
    commit.edit("deploy/chart/values.yaml", "image: otomato/ornithology:BUILD_NUMBER\n", "");
    assertThat(mistakes())
        .containsExactly(
            "deploy/chart/templates/deployment.yaml:16: cannot be rendered: image is missing");
    commit.write(
        "deploy/chart/templates/_helpers.tpl",
        "{{ define \"name\" }}\n{{ .Values.a.b.c }}\n{{ end }}");
    commit.edit(
        "deploy/chart/templates/service.yaml",
        "  name: {{ .Chart.Name }}",
        "  name: {{ include \"name\" . }}");
    assertThat(mistakes().getFirst())
        .startsWith("deploy/chart/templates/_helpers.tpl:2: cannot be rendered: ");
    commit.write("deploy/chart/templates/_helpers.tpl", "\n\n{{ nonsense }}");
    assertThat(mistakes().getFirst())
        .startsWith(
            "deploy/chart/templates/_helpers.tpl:3: cannot be rendered: function \"nonsense\" not defined");
    commit.delete("deploy/chart/templates/_helpers.tpl");
    commit.write("deploy/chart/production.yaml", "image: birds\n");
    commit.write("deploy/chart/templates/service.yaml", "a: b: c\n");
    assertThat(mistakes().getFirst())
        .startsWith("deploy/chart/templates/service.yaml: cannot be rendered: ");
  }

  @Test
  void whatIsMissingIsNamedWhereItIsNamed() {
    commit.edit("aviary.yml", "deploy/chart/production.yaml", "deploy/values.yaml");
    commit.write("deploy/chart/values.yaml", "a: [\n");
    assertThat(mistakes())
        .contains(
            "aviary.yml:19: production.manifests.helm.values[0]: there is no file"
                + " 'deploy/values.yaml' in commit "
                + FakeCheckout.REVISION)
        .anyMatch(it -> it.startsWith("deploy/chart/values.yaml:2: is not valid YAML"));
    commit.delete("deploy/chart/Chart.yaml");
    assertThat(mistakes())
        .contains(
            "aviary.yml:19: production.manifests.helm.chart: names 'deploy/chart', which has no"
                + " Chart.yaml in it");
    commit.edit("aviary.yml", "chart: deploy/chart", "chart: deploy/cart");
    assertThat(mistakes())
        .contains(
            "aviary.yml:19: production.manifests.helm.chart: there is no folder 'deploy/cart' in"
                + " commit "
                + FakeCheckout.REVISION);
  }

  @Test
  void dependenciesAreInTheCommitOrTheChartIsRefused() {
    commit.write(
        "deploy/chart/Chart.yaml",
        """
        apiVersion: v2
        name: ornithology
        version: 1.0.0
        dependencies:
          - {name: nest, version: 0.1.0, repository: "https://charts.example.com"}
        """);
    assertThat(mistakes())
        .containsExactly(
            "deploy/chart/Chart.yaml: dependencies: are not all in the commit, and nothing is"
                + " downloaded; commit charts/ as `helm dependency build` fills it: nest");
    commit.write(
        "deploy/chart/charts/nest/Chart.yaml", "{apiVersion: v2, name: nest, version: 0.1.0}");
    commit.write(
        "deploy/chart/charts/nest/templates/nest.yaml",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: nest}, data: {eggs: \"{{ .Values.eggs }}\"}}");
    commit.write("deploy/chart/production.yaml", "nest: {eggs: 3}\n");
    assertThat(read().manifests().production().getFirst())
        .isEqualTo(
            new Manifest(
                "deploy/chart/charts/nest/templates/nest.yaml (ConfigMap nest)",
                0,
                Map.of(
                    "apiVersion",
                    "v1",
                    "kind",
                    "ConfigMap",
                    "metadata",
                    Map.of("name", "nest"),
                    "data",
                    Map.of("eggs", "3"))));
  }

  @Test
  void templatesThatFillTheMemoryEndTheirOwnProcess() {
    commit.write(
        "deploy/chart/templates/bomb.yaml", "{{ range until 300000000 }}{{ . }}{{ end }}\n");
    var much =
        "aviary.yml:19: production.manifests.helm.chart: cannot be rendered: takes more than"
            + " 512 MiB to render";
    // It may be a thread's stack that there is no memory for.
    assertThat(mistakes())
        .singleElement()
        .isIn(much, much + ", or the server has reached a limit of threads");
  }
}
