package io.aviary.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.source.helm.ChartRenderer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The overlay of examples/kustomize, and what is wrong when one thing is changed. */
class KustomizeFolderTest {

  private final FakeCheckout commit = FakeCheckout.of(Path.of("examples/ornithology"));

  KustomizeFolderTest() {
    FakeCheckout.of(Path.of("examples/kustomize"))
        .files()
        .forEach((path, text) -> commit.write("deploy/" + path, text));
    commit
        .delete("orni-dep.yml")
        .edit(
            "aviary.yml", "manifests: [orni-dep.yml]", "manifests: {kustomize: deploy/production}");
  }

  private ReleaseReader.Result result() {
    return Example.reader("registry", new ChartRenderer())
        .read(Example.application(null, Map.of()), commit);
  }

  private ReleaseReader.Read read() {
    return Example.read(result());
  }

  private List<String> mistakes() {
    return Example.mistakes(result());
  }

  @Test
  void productionIsWhatTheOverlayMakesOfItsBase() {
    var read = read();
    assertThat(read.manifests().production())
        .extracting(Manifest::file)
        .containsExactly(
            "deploy/base/service.yaml (Service ornithology)",
            "deploy/base/deployment.yaml (Deployment ornithology)",
            "deploy/production/kustomization.yaml (ConfigMap birds-9k2fk45mg8)");
    assertThat(read.manifests().production().get(1).content().toString())
        .contains(
            "replicas=9",
            "image=otomato/ornithology:BUILD_NUMBER",
            "configMapRef={name=birds-9k2fk45mg8}",
            "minReadySeconds=5",
            "production=ready");
    assertThat(Manifests.whichImages(read.definition(), read.manifests().production()))
        .containsExactly("app");
    assertThat(read.productionDeployment()).isEqualTo("ornithology");
    assertThat(read.service()).isEqualTo("ornithology");
  }

  @Test
  void anImageThatTheOverlayPinsIsStillTheOneThatIsBuilt() {
    commit.edit(
        "deploy/production/kustomization.yaml", "newTag: BUILD_NUMBER", "digest: \"sha256:ab\"");
    var read = read();
    assertThat(Manifests.whichImages(read.definition(), read.manifests().production()))
        .containsExactly("app");
  }

  @Test
  void aCanaryIsDerivedFromWhatWasRendered() {
    commit.edit("aviary.yml", "  manifests: [orni-dep-canary.yml]\n", "");
    assertThat(read().manifests().canary())
        .extracting(Manifest::kind, Manifest::name)
        .contains(org.assertj.core.api.Assertions.tuple("Deployment", "ornithology-canary"));
  }

  @Test
  void theSameIsForbiddenAsInFiles() {
    commit
        .edit("deploy/base/deployment.yaml", "    spec:\n", "    spec:\n      hostPID: true\n")
        .edit("deploy/production/kustomization.yaml", "[../base]", "[../base, more.yaml]")
        .write(
            "deploy/production/more.yaml",
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
            "deploy/base/deployment.yaml (Deployment ornithology): spec.template.spec.hostPID: is not"
                + " allowed: the node is not yours",
            "deploy/production/more.yaml (ConfigMap elsewhere): metadata.namespace: must be left out,"
                + " or be the application's: 'otom8'")
        .anyMatch(
            it ->
                it.startsWith(
                    "deploy/production/more.yaml (ClusterRoleBinding all): kind:"
                        + " 'ClusterRoleBinding' is not allowed"))
        .hasSize(3);
  }

  @Test
  void theNamespaceIsTheApplications() {
    commit.edit("deploy/production/kustomization.yaml", "labels:", "namespace: otom8\nlabels:");
    assertThat(read().manifests().production())
        .allMatch(it -> it.content().toString().contains("namespace=otom8"));
    commit.edit("deploy/production/kustomization.yaml", "otom8", "kube-system");
    assertThat(mistakes())
        .containsExactly(
            "deploy/production/kustomization.yaml:2: namespace: must be left out, or be the"
                + " application's: 'otom8'");
  }

  @Test
  void whatIsMissingOrUnreadableIsSaidWhereItIsNamed() {
    commit.fail("deploy/base/service.yaml", new SourceException("it is a link", true, null));
    commit.delete("deploy/production/rollout.yaml");
    assertThat(mistakes())
        .containsExactly(
            "deploy/base/kustomization.yaml:1: resources[0]: it is a link",
            "deploy/production/kustomization.yaml:14: patches[0].path: there is no file"
                + " 'deploy/production/rollout.yaml' in the commit");
    commit.edit("aviary.yml", "deploy/production", "tests");
    assertThat(mistakes())
        .containsExactly(
            "aviary.yml:19: production.manifests.kustomize: names 'tests', which has no"
                + " kustomization.yaml in it");
    commit.edit("aviary.yml", "kustomize: tests", "kustomize: ../tests");
    assertThat(mistakes()).hasSize(1).first().asString().contains("production.manifests.kustomize");
  }
}
