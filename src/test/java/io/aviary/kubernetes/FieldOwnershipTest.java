package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FieldOwnershipTest {

  private static final String KUBECTL =
      """
      - manager: kubectl-client-side-apply
        operation: Update
        apiVersion: apps/v1
        fieldsType: FieldsV1
        fieldsV1:
          f:metadata:
            f:annotations: {".": {}, "f:kubectl.kubernetes.io/last-applied-configuration": {}}
          f:spec: {f:replicas: {}, f:paused: {}}
      """;
  private static final String CONTROLLER =
      """
      - manager: kube-controller-manager
        operation: Update
        subresource: status
        apiVersion: apps/v1
        fieldsV1: {f:status: {}}
      """;

  @Test
  void whatKubectlAppliedBecomesOursWithoutItsAnnotation() {
    assertThat(FieldOwnership.takenOver(entries(KUBECTL + CONTROLLER)).orElseThrow())
        .containsExactlyInAnyOrderElementsOf(
            copies(
                """
                - manager: aviary
                  operation: Apply
                  apiVersion: apps/v1
                  fieldsType: FieldsV1
                  fieldsV1:
                    f:metadata: {}
                    f:spec: {f:replicas: {}, f:paused: {}}
                """
                    + CONTROLLER));
  }

  @Test
  void itIsAddedToWhatWasOursAlready() {
    var ours =
        """
        - manager: aviary
          operation: Apply
          apiVersion: apps/v1
          fieldsV1: {f:spec: {f:replicas: {}, f:strategy: {f:type: {}}}}
        """;

    assertThat(FieldOwnership.takenOver(entries(KUBECTL + ours)).orElseThrow())
        .containsExactlyElementsOf(
            copies(
                """
                - manager: aviary
                  operation: Apply
                  apiVersion: apps/v1
                  fieldsV1:
                    f:spec: {f:replicas: {}, f:strategy: {f:type: {}}, f:paused: {}}
                    f:metadata: {}
                """));
  }

  @Test
  void whoeverOwnsKubectlsAnnotationAppliedToo() {
    var saved = KUBECTL.replace("kubectl-client-side-apply", "kubectl-create");

    assertThat(FieldOwnership.takenOver(entries(saved)).orElseThrow())
        .extracting(entry -> entry.get("manager"))
        .containsExactly("aviary");
  }

  @Test
  void fieldsOfAnotherVersionAreNotMixedIn() {
    var other =
        """
        - manager: kubectl-client-side-apply
          operation: Update
          apiVersion: apps/v1beta1
          fieldsV1: {f:spec: {f:rollbackTo: {}}}
        """;

    assertThat(FieldOwnership.takenOver(entries(KUBECTL + other)).orElseThrow())
        .hasSize(1)
        .allSatisfy(entry -> assertThat(entry.toString()).doesNotContain("rollbackTo"));
  }

  @Test
  void othersKeepWhatTheyOwn() {
    var edited =
        CONTROLLER
            + KUBECTL
                .replace("last-applied-configuration", "other")
                .replace("kubectl-client-side-apply", "kubectl-edit");

    assertThat(FieldOwnership.takenOver(entries(edited))).isEmpty();
  }

  @Test
  void knowsWhichFieldsAreOurs() {
    var taken = FieldOwnership.takenOver(entries(KUBECTL)).orElseThrow();

    assertThat(FieldOwnership.isOurs(taken, "spec", "replicas")).isTrue();
    assertThat(FieldOwnership.isOurs(taken, "spec", "template")).isFalse();
    assertThat(FieldOwnership.isOurs(entries(KUBECTL), "spec", "replicas")).isFalse();
  }

  private static List<Object> entries(String yaml) {
    return Json.list(Yaml.map("entries:\n" + yaml.indent(2)), "entries");
  }

  private static List<Map<String, Object>> copies(String yaml) {
    return entries(yaml).stream().map(entry -> Json.map(entry)).toList();
  }
}
