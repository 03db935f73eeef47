package io.aviary.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.Aviary;
import io.aviary.release.AviaryProperties;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

/** What is wrong in a configuration is said at once, and what is right passes. */
class ConfigurationCheckTest {

  private static final String GOOD =
      """
      aviary:
        url: https://aviary.example.com
        github: {token: t}
        build: {registry: registry.example.com/team, namespace: aviary-builds}
        prometheus: {url: http://prometheus:9090}
        security:
          tokens: [{name: ci, role: operator, value: 0123456789abcdef}]
          users: [{name: finch, role: admin, password: "{bcrypt}$2a$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234"}]
        applications:
          - name: ornithology
            repository: otomato/ornithology
            namespace: otom8
            webhook-secrets: [current, previous]
            paths: [services/**]
            release: {images: {app: {name: otomato/ornithology}}}
      """;

  private static List<String> mistakes(String yaml) {
    var environment = new StandardEnvironment();
    try {
      new YamlPropertySourceLoader()
          .load("application.yml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
          .forEach(environment.getPropertySources()::addFirst);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return ConfigurationCheck.mistakes(
        environment, List.of(new ConfigurationCheck.Bound("aviary", AviaryProperties.class)));
  }

  @Test
  void aGoodConfigurationHasNoMistake() {
    assertThat(mistakes(GOOD)).isEmpty();
  }

  @Test
  void aRoleThatIsLeftOutIsMissing() {
    assertThat(mistakes(GOOD.replace("role: operator, ", "")))
        .containsExactly(
            "aviary.security.tokens[0].role is missing; it is viewer, operator or admin");
  }

  @Test
  void everyMistakeIsNamedAtOnce() {
    var mistakes =
        mistakes(
            """
            aviary:
              url: aviary.example.com
              regsitry: x
              build: {insecure-registry: maybe, registery: y}
              security:
                tokens:
                  - {name: ci, role: boss, value: short}
                  - {name: ci, role: viewer, value: 0123456789abcdef}
                  - {name: cd, role: viewer, value: 0123456789abcdef}
                users: [{name: finch, role: admin, password: plain}]
              applications:
                - {name: birds, repository: otomato/birds, namespace: Birds, webhook-secrets: [s]}
                - {name: birds, repository: birds, namespace: b, webhook-secrets: [""]}
                - {name: owls, repository: otomato/owls, webhook-secrets: [s], on-newer-commit: never}
                - {name: terns, repository: otomato/terns, namespace: terns, branch: refs/heads/main}
            """);

    assertThat(mistakes)
        .containsExactlyInAnyOrder(
            "aviary.build.registery is not a key that Aviary knows; did you mean aviary.build.registry?",
            "aviary.regsitry is not a key that Aviary knows",
            "aviary.build.insecure-registry is no boolean: Invalid boolean value 'maybe'",
            "aviary.security.tokens[0].role must be one of admin, operator, viewer",
            "aviary.applications[2].on-newer-commit must be one of queue, supersede",
            "aviary.applications[1].repository must be owner/name",
            "aviary.applications[1].webhook-secrets[0] must not be blank",
            "aviary.applications[2].namespace must not be blank",
            "aviary.applications[3].webhook-secrets must not be empty",
            "aviary.url is 'aviary.example.com'; it must begin with http:// or https:// and a host",
            "aviary.build.registry is missing: say where images are pushed, as host[:port][/path]",
            "aviary.applications[0].namespace is 'Birds', which is no name of a namespace: at most 63 lower-case letters, digits and - inside",
            "aviary.applications[3].branch is 'refs/heads/main'; write the branch's name alone, as in master",
            "aviary.applications[1].name is 'birds', as is that of [0]; names must be unique",
            "aviary.security.tokens[1].name is 'ci', as is that of [0]; names must be unique",
            "aviary.security.tokens[0].value has 5 characters; a token needs at least 16, made at random",
            "aviary.security.tokens[2].value is that of tokens[1], too; each token needs its own",
            "aviary.security.users[0].password has no encoder in front; write {bcrypt}$2a$…");
  }

  @Test
  void aSecretThatIsNotThereIsNamed() {
    assertThat(mistakes(GOOD.replace("{token: t}", "{token: \"${NO_SUCH_TOKEN_ANYWHERE}\"}")))
        .singleElement()
        .asString()
        .startsWith("aviary.github.token")
        .contains("NO_SUCH_TOKEN_ANYWHERE");
  }

  @Test
  void theServerDoesNotStartAndSaysWhy() {
    assertThatThrownBy(
            () ->
                SpringApplication.run(
                    Aviary.class,
                    "--spring.datasource.url=jdbc:h2:mem:mistakes",
                    "--aviary.url=nowhere",
                    "--aviary.biuld.registry=r"))
        .isInstanceOf(ConfigurationMistakesException.class)
        .hasMessageContaining("aviary.url is 'nowhere'")
        .hasMessageContaining("aviary.biuld.registry is not a key");
  }

  @Test
  void theAnalysisListsThemWithoutAStackTrace() {
    FailureAnalysis analysis =
        new ConfigurationMistakesAnalyzer()
            .analyze(
                new IllegalStateException(
                    new ConfigurationMistakesException(List.of("one is wrong", "two is wrong"))));

    assertThat(analysis).isNotNull();
    assertThat(analysis.getDescription())
        .isEqualTo("The configuration has 2 mistakes:\n\n    - one is wrong\n    - two is wrong");
  }

  @Test
  void aCheckTestsWhatIsConfiguredAndStartsNothing() {
    var out = new ByteArrayOutputStream();

    var code =
        SystemCheck.run(
            Aviary.class,
            new String[] {
              "--check",
              "--spring.datasource.url=jdbc:h2:mem:check",
              "--aviary.kubeconfig=pom.xml",
              "--aviary.build.registry=127.0.0.1:1",
              "--aviary.build.insecure-registry=true",
              "--aviary.github.api-url=http://127.0.0.1:1",
              "--aviary.applications[0].name=birds",
              "--aviary.applications[0].repository=otomato/birds",
              "--aviary.applications[0].clone-url=http://127.0.0.1:1/birds.git",
              "--aviary.applications[0].namespace=birds",
              "--aviary.applications[0].webhook-secrets=s"
            },
            new PrintStream(out, true, StandardCharsets.UTF_8));

    var table = out.toString(StandardCharsets.UTF_8);
    assertThat(code).as(table).isEqualTo(1);
    assertThat(table.lines())
        .anySatisfy(line -> assertThat(line).startsWith("GOOD").contains("database  ", "H2"))
        .anySatisfy(line -> assertThat(line).startsWith("BAD").contains("registry for birds"))
        .anySatisfy(line -> assertThat(line).startsWith("BAD").contains("git of birds"))
        .anySatisfy(line -> assertThat(line).startsWith("BAD").contains("github otomato/birds"))
        .anySatisfy(line -> assertThat(line).startsWith("UNUSED").contains("prometheus"));
  }

  @Test
  void aCheckOfABadConfigurationSaysItsMistakes() {
    var out = new ByteArrayOutputStream();

    var code =
        SystemCheck.run(
            Aviary.class,
            new String[] {"--check", "--aviary.url=nowhere", "--aviary.kubeconfig=nowhere.yml"},
            new PrintStream(out, true, StandardCharsets.UTF_8));

    assertThat(code).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("BAD   configuration  aviary.url is 'nowhere'")
        .contains("aviary.kubeconfig names nowhere.yml, which is not there");
  }

  @Test
  void aCheckNamesTheKeyOfAClusterThatIsDown(@TempDir Path folder) throws IOException {
    var kubeconfig = folder.resolve("config");
    Files.writeString(
        kubeconfig,
        """
        clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
        contexts: [{name: c, context: {cluster: c}}]
        current-context: c
        """);
    var out = new ByteArrayOutputStream();

    SystemCheck.run(
        Aviary.class,
        new String[] {
          "--check",
          "--spring.datasource.url=jdbc:h2:mem:check",
          "--aviary.kubeconfig=" + kubeconfig,
          "--aviary.build.registry=127.0.0.1:1",
          "--aviary.github.api-url=http://127.0.0.1:1",
          "--aviary.applications[0].name=birds",
          "--aviary.applications[0].repository=otomato/birds",
          "--aviary.applications[0].clone-url=http://127.0.0.1:1/birds.git",
          "--aviary.applications[0].namespace=birds",
          "--aviary.applications[0].webhook-secrets=s"
        },
        new PrintStream(out, true, StandardCharsets.UTF_8));

    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("BAD")
                    .contains("cluster of birds")
                    .endsWith("refused: check aviary.kubeconfig, and that it can be reached"));
  }
}
