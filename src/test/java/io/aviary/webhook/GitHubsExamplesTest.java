package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.house.NpmPackage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Payloads that GitHub really sends, of each event that it has. */
@TestPropertySource(
    properties = {
      "spring.datasource.url=jdbc:h2:mem:examples;WRITE_DELAY=0",
      "aviary.applications[5].name=hello",
      "aviary.applications[5].repository=Codertocat/Hello-World",
      "aviary.applications[5].namespace=hello",
      "aviary.applications[5].webhook-secrets=of hello",
      "aviary.applications[6].name=octo",
      "aviary.applications[6].repository=Octocoders/Hello-World",
      "aviary.applications[6].namespace=octo",
      "aviary.applications[6].webhook-secrets=of hello",
    })
class GitHubsExamplesTest extends WebhookTest {

  private static final String SECRET = "of hello";
  private static final List<String> KNOWN =
      List.of("Codertocat/Hello-World", "Octocoders/Hello-World");

  private record Example(String event, JsonNode payload) {
    /** Of a known repository, or of none at all. */
    boolean isForUs() {
      var text = payload.toString();
      return payload.path("repository").isObject()
          ? KNOWN.contains(payload.path("repository").path("full_name").asString())
          : !text.contains("\"full_name\"")
              || KNOWN.stream().anyMatch(it -> text.contains("\"full_name\":\"" + it + "\""));
    }
  }

  private static List<Example> examples() {
    var all = new ArrayList<Example>();
    for (var event : NpmPackage.WEBHOOKS.demanded("api.github.com/index.json")) {
      for (var payload : event.path("examples")) {
        all.add(new Example(event.path("name").asString(), payload));
      }
    }
    return all;
  }

  @Test
  void eachPingIsAnsweredWith200() {
    var pings = examples().stream().filter(it -> it.event().equals("ping")).toList();

    assertThat(pings).hasSizeGreaterThan(3);
    for (var ping : pings) {
      var answer = send(SECRET, "ping", Pushes.id(), ping.payload().toString());
      assertThat(answer.status()).as(ping.toString()).isEqualTo(200);
      assertThat(answer.verdict()).isEqualTo("IGNORED");
    }
    assertThat(count("run")).isZero();
  }

  @Test
  void aPushOfTheBranchIsAcceptedAndOfATagOrADeletionIgnored() {
    var pushes = examples().stream().filter(it -> it.event().equals("push")).toList();

    assertThat(pushes).hasSizeGreaterThan(5);
    var accepted = 0;
    for (var push : pushes) {
      freshStart();
      var payload = push.payload();
      var answer = send(SECRET, "push", Pushes.id(), payload.toString());
      assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
      var isRelease =
          payload.path("ref").asString().equals("refs/heads/master")
              && !payload.path("deleted").asBoolean();
      assertThat(answer.application("hello").path("verdict").asString())
          .as("%s of %s", payload.path("after"), payload.path("ref"))
          .isEqualTo(isRelease ? "ACCEPTED" : "IGNORED");
      if (isRelease) {
        accepted++;
        var run = runs.find(answer.run("hello")).orElseThrow();
        assertThat(run.revision()).isEqualTo(payload.path("after").asString());
        assertThat(run.message()).isEqualTo(payload.path("head_commit").path("message").asString());
        assertThat(run.author())
            .isEqualTo(payload.path("head_commit").path("author").path("name").asString());
      }
      assertThat(count("run")).isEqualTo(isRelease ? 1 : 0);
    }
    assertThat(accepted).as("pushes of a branch among the examples").isPositive();
  }

  @Test
  void whateverElseHappensAtGitHubIsTakenDownAndIgnored() {
    var answers = new TreeMap<Integer, Integer>();
    for (var example : examples()) {
      if (!List.of("ping", "push").contains(example.event())) {
        var answer = send(SECRET, example.event(), Pushes.id(), example.payload().toString());
        answers.merge(answer.status(), 1, Integer::sum);
        if (example.isForUs()) {
          assertThat(answer.status()).as(example.toString()).isEqualTo(202);
          assertThat(answer.verdict()).as(example.toString()).isEqualTo("IGNORED");
        } else {
          assertThat(answer.status()).as(example.toString()).isEqualTo(401);
        }
      }
    }
    System.out.println("GitHub's examples of other events were answered " + answers);
    assertThat(answers).containsKey(202);
    assertThat(count("run")).isZero();
  }

  @Test
  void noneIsTakenWithoutItsSecret() {
    for (var example : examples()) {
      var answer = send("another", example.event(), Pushes.id(), example.payload().toString());
      assertThat(answer.status()).as(example.toString()).isEqualTo(401);
    }
    assertThat(count("delivery")).isZero();
  }
}
