package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.kubernetes.Cluster.SecretKey;
import io.aviary.kubernetes.Cluster.TaskSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pods of builds and tests: they run what a repository says, so they get little. */
class TaskObjectsTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noServiceAccountsTokenIsMounted(boolean asJob) {
    var spec = podSpec(task(asJob, "builder", false));

    assertThat(spec)
        .containsEntry("automountServiceAccountToken", false)
        .containsEntry("enableServiceLinks", false)
        .containsEntry("serviceAccountName", "builder");
    assertThat(Json.maps(spec, "volumes"))
        .noneMatch(
            volume -> Json.map(volume, "projected").toString().contains("serviceAccountToken"));
  }

  @Test
  void aTestHasNoPrivileges() {
    var container = Json.maps(podSpec(task(false, null, false)), "containers").getFirst();

    assertThat(Json.map(container, "securityContext"))
        .containsEntry("allowPrivilegeEscalation", false)
        .containsEntry("capabilities", Map.of("drop", List.of("ALL")));
  }

  @Test
  void theSecretsOfAPodAreKnown() {
    assertThat(PodSecrets.namesIn(podSpec(task(true, null, true))))
        .containsExactly("registry", "git");
  }

  @Test
  void ofASecretOnlyWhatIsSecretIsMasked() {
    var secret =
        Map.<String, Object>of(
            "data",
            Map.of(
                "username", "b3RvbWF0bw==",
                "password", "aHVudGVyMjI=",
                ".dockerconfigjson",
                    "eyJhdXRocyI6eyJyZWdpc3RyeS5leGFtcGxlLmNvbSI6eyJhdXRoIjoiYm90OnBhc3MxMjMifX19"),
            "stringData",
            Map.of("token", "plain-token"));

    assertThat(PodSecrets.valuesOf(secret))
        .contains("hunter22", "plain-token", "bot:pass123")
        .noneMatch(value -> value.contains("otomato") || value.contains("registry.example.com"));
  }

  private static Map<String, Object> podSpec(TaskSpec spec) {
    var object = TaskObjects.of(spec);
    return spec.asJob() ? Json.map(object, "spec", "template", "spec") : Json.map(object, "spec");
  }

  private static TaskSpec task(
      boolean asJob, @org.jspecify.annotations.Nullable String account, boolean secrets) {
    return new TaskSpec(
        "builds",
        "build-1",
        asJob,
        "builder:1",
        List.of("sh"),
        List.of(),
        Map.of(),
        secrets ? Map.of("HEADER", new SecretKey("git", "header")) : Map.of(),
        secrets ? Map.of("/run/registry", "registry") : Map.of(),
        List.of(),
        Map.of(),
        Map.of(),
        account,
        Map.of(),
        null,
        false,
        false,
        Duration.ofMinutes(5),
        Map.of());
  }
}
