package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.RunStatus;
import io.aviary.release.Trigger;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** The contract of {@code POST /webhooks/github}: which request gets which answer. */
class VerdictTest extends WebhookTest {

  private static final String BIRDS = "otomato/birds";
  private static final String NEST = "otomato/nest";

  @Autowired MeterRegistry meters;

  @Test
  void aPushMakesARun() {
    var before = Pushes.commit();
    var after = Pushes.commit();

    var response = send("current", "push", "id-1", Pushes.body(BIRDS, before, after));

    assertThat(response.status()).isEqualTo(202);
    assertThat(response.type()).isEqualTo("application/json");
    var run = response.run("birds");
    assertThat(response.body())
        .isEqualTo(
            json.readTree(
                """
                {"delivery": "id-1", "verdict": "ACCEPTED", "reason": "%s was pushed to master",
                 "applications": [
                   {"name": "birds", "verdict": "ACCEPTED", "reason": "%s was pushed to master", "run": %d}]}
                """
                    .formatted(after.substring(0, 7), after.substring(0, 7), run)));
    var made = runs.find(run).orElseThrow();
    assertThat(made.application()).isEqualTo("birds");
    assertThat(made.revision()).isEqualTo(after);
    assertThat(made.branch()).isEqualTo("master");
    assertThat(made.status()).isEqualTo(RunStatus.QUEUED);
    assertThat(made.trigger()).isEqualTo(Trigger.PUSH);
    assertThat(made.triggeredBy()).isEqualTo("wren");
    assertThat(made.message()).isEqualTo("Tell birds apart");
    assertThat(made.author()).isEqualTo("Wren");
    assertThat(head("birds")).isEqualTo(after);
  }

  @Test
  void whatIsStoredOfIt() {
    var before = Pushes.commit();
    var after = Pushes.commit();
    var body = Pushes.body(BIRDS, "refs/heads/master", before, after, "Sing", true);

    send("previous", "push", "id-1", body);

    var view = deliveries.find("id-1").orElseThrow();
    assertThat(view.event()).isEqualTo("push");
    assertThat(view.repository()).isEqualTo(BIRDS);
    assertThat(view.ref()).isEqualTo("refs/heads/master");
    assertThat(view.before()).isEqualTo(before);
    assertThat(view.after()).isEqualTo(after);
    assertThat(view.forced()).isTrue();
    assertThat(view.deleted()).isFalse();
    assertThat(view.sender()).isEqualTo("wren");
    assertThat(view.message()).isEqualTo("Sing");
    assertThat(view.author()).isEqualTo("Wren");
    assertThat(view.receivedAt()).isEqualTo(clock.now());
    assertThat(view.address()).isEqualTo("127.0.0.1");
    assertThat(view.size()).isEqualTo(body.length());
    assertThat(view.applications())
        .singleElement()
        .satisfies(it -> assertThat(it.secret()).isEqualTo(1));
    assertThat(deliveries.body("id-1"))
        .hasValueSatisfying(it -> assertThat(it).asString(StandardCharsets.UTF_8).isEqualTo(body));
  }

  @Test
  void aBodyThatStaysTooLargeIsLeftOutWithANote() {
    var random = new java.util.Random(1);
    var noise = new StringBuilder();
    while (noise.length() < 3_000_000) {
      noise.append(Long.toString(random.nextLong(), 36));
    }
    var good = Pushes.body(BIRDS, Pushes.commit(), Pushes.commit());
    var body = good.replaceFirst("\\{", "{\"noise\": \"" + noise + "\",");

    var response = send("current", "push", "id-1", body);

    assertThat(response.verdict()).isEqualTo("ACCEPTED");
    var view = deliveries.find("id-1").orElseThrow();
    assertThat(view.bodyStored()).isFalse();
    assertThat(view.note()).startsWith("the body was not stored");
    assertThat(deliveries.body("id-1")).isEmpty();
  }

  @Test
  void onlyApplicationsWhoseOwnSecretMatchedAreTriggered() {
    var body = Pushes.body(BIRDS, Pushes.commit(), Pushes.commit());

    var ofSongs = push("of songs", body);

    assertThat(ofSongs.body().path("applications")).hasSize(1);
    assertThat(ofSongs.application("songs").path("verdict").asString()).isEqualTo("ACCEPTED");
    assertThat(count("run")).isEqualTo(1);
  }

  /** GitHub gives one id to an event and sends it to both webhooks of the repository. */
  @Test
  void oneEventThatTwoWebhooksDeliverTriggersBothApplications() {
    var body = Pushes.body(BIRDS, Pushes.commit(), Pushes.commit());

    var ofBirds = send("current", "push", "id-1", body);
    var ofSongs = send("of songs", "push", "id-1", body);
    var again = send("of songs", "push", "id-1", body);

    assertThat(ofBirds.verdict()).isEqualTo("ACCEPTED");
    assertThat(ofSongs.verdict()).isEqualTo("ACCEPTED");
    assertThat(again.verdict()).isEqualTo("DUPLICATE");
    assertThat(again.run("songs")).isEqualTo(ofSongs.run("songs"));
    assertThat(count("run")).isEqualTo(2);
    assertThat(deliveries.find("id-1").orElseThrow().applications()).hasSize(2);
  }

  @Test
  void applicationsThatShareRepositoryAndSecretEachGetTheirVerdict() {
    var response = push("of nest", Pushes.body(NEST, Pushes.commit(), Pushes.commit()));

    assertThat(response.verdict()).isEqualTo("ACCEPTED");
    assertThat(response.application("nest").path("verdict").asString()).isEqualTo("ACCEPTED");
    assertThat(response.application("egg").path("verdict").asString()).isEqualTo("IGNORED");
    assertThat(response.application("egg").path("run").isNull()).isTrue();
    assertThat(response.reason())
        .contains("egg: a push to master; the application follows next")
        .contains("nest: ");
  }

  @Test
  void pingIsAnsweredWith200() {
    var ofRepository =
        send(
            "current",
            "ping",
            "id-1",
            "{\"zen\": \"Design for failure.\", \"hook_id\": 1, \"repository\": {\"full_name\": \"otomato/birds\"}}");
    var ofOrganisation =
        send("current", "ping", "id-2", "{\"zen\": \"Design for failure.\", \"hook_id\": 1}");

    assertThat(ofRepository.status()).isEqualTo(200);
    assertThat(ofRepository.verdict()).isEqualTo("IGNORED");
    assertThat(ofRepository.reason()).isEqualTo("a ping: the webhook reaches this server");
    assertThat(ofOrganisation.status()).isEqualTo(200);
    assertThat(deliveries.find("id-2")).isPresent();
  }

  @Test
  void otherEventsAreIgnored() {
    var response =
        send(
            "current",
            "issues",
            "id-1",
            "{\"action\": \"opened\", \"repository\": {\"full_name\": \"otomato/birds\"}, \"sender\": {\"login\": \"wren\"}}");

    assertThat(response.status()).isEqualTo(202);
    assertThat(response.verdict()).isEqualTo("IGNORED");
    assertThat(response.reason()).isEqualTo("'issues' is not a push");
    assertThat(deliveries.find("id-1").orElseThrow().action()).isEqualTo("opened");
  }

  @Test
  void tagsAreIgnored() {
    var response =
        push(
            "current",
            Pushes.body(BIRDS, "refs/tags/v1", Push.NOTHING, Pushes.commit(), "x", false));

    assertThat(response.status()).isEqualTo(202);
    assertThat(response.verdict()).isEqualTo("IGNORED");
    assertThat(response.reason())
        .isEqualTo("refs/tags/v1 is a tag; only commits on master are released");
  }

  @Test
  void otherBranchesAreIgnored() {
    var response =
        push(
            "current",
            Pushes.body(
                BIRDS, "refs/heads/master/2", Pushes.commit(), Pushes.commit(), "x", false));

    assertThat(response.verdict()).isEqualTo("IGNORED");
    assertThat(response.reason()).isEqualTo("a push to master/2; the application follows master");
    assertThat(count("branch_head")).isZero();
  }

  @Test
  void aDeletedBranchIsIgnored() {
    var before = Pushes.commit();
    var response =
        push("current", Pushes.body(BIRDS, "refs/heads/master", before, Push.NOTHING, null, false));

    assertThat(response.verdict()).isEqualTo("IGNORED");
    assertThat(response.reason()).isEqualTo("the branch was deleted");
    assertThat(count("run")).isZero();

    var back = push("current", Pushes.body(BIRDS, Push.NOTHING, before));
    assertThat(back.verdict()).isEqualTo("ACCEPTED");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[skip ci] docs",
        "docs [ci skip]",
        "docs\\n\\n[no ci]",
        "docs [skip actions]",
        "docs [actions skip]",
        "docs [Skip CI]"
      })
  void skipWordsAreObeyed(String message) {
    var after = Pushes.commit();
    var response =
        push(
            "current",
            Pushes.body(BIRDS, "refs/heads/master", Pushes.commit(), after, message, false));

    assertThat(response.verdict()).isEqualTo("IGNORED");
    assertThat(response.reason()).startsWith("the head commit's message says [");
    assertThat(count("run")).isZero();
    assertThat(head("birds")).isEqualTo(after);
  }

  @Test
  void aPushWithoutAHeadCommitCounts() {
    var response =
        push(
            "current",
            Pushes.body(BIRDS, "refs/heads/master", Pushes.commit(), Pushes.commit(), null, false));

    assertThat(response.verdict()).isEqualTo("ACCEPTED");
    assertThat(runs.find(response.run("birds")).orElseThrow().message()).isNull();
  }

  // ---- again

  @Test
  void theSameDeliveryAgainIsADuplicate() {
    var body = Pushes.body(BIRDS, Pushes.commit(), Pushes.commit());
    var first = send("current", "push", "id-1", body);

    var second = send("current", "push", "id-1", body);

    assertThat(second.status()).isEqualTo(202);
    assertThat(second.verdict()).isEqualTo("DUPLICATE");
    assertThat(second.run("birds")).isEqualTo(first.run("birds"));
    assertThat(count("run")).isEqualTo(1);
    assertThat(count("delivery")).isEqualTo(1);
    assertThat(deliveries.find("id-1").orElseThrow().redeliveries()).isEqualTo(1);
  }

  @Test
  void theHeadThatIsKnownIsADuplicate() {
    var before = Pushes.commit();
    var after = Pushes.commit();
    var first = push("current", Pushes.body(BIRDS, before, after));

    var second = push("current", Pushes.body(BIRDS, before, after));

    assertThat(second.verdict()).isEqualTo("DUPLICATE");
    assertThat(second.run("birds")).isEqualTo(first.run("birds"));
    assertThat(second.reason())
        .isEqualTo("run " + first.run("birds") + " was made for " + after.substring(0, 7));
    assertThat(count("run")).isEqualTo(1);
    assertThat(count("delivery")).isEqualTo(2);
  }

  @Test
  void theKnownHeadOfASkippedCommitIsADuplicateWithoutARun() {
    var before = Pushes.commit();
    var after = Pushes.commit();
    push("current", Pushes.body(BIRDS, "refs/heads/master", before, after, "[no ci]", false));

    var second =
        push("current", Pushes.body(BIRDS, "refs/heads/master", before, after, "[no ci]", false));

    assertThat(second.verdict()).isEqualTo("DUPLICATE");
    assertThat(second.application("birds").path("run").isNull()).isTrue();
  }

  @Test
  void aForcePushBackIsNoDuplicate() {
    var a = Pushes.commit();
    var b = Pushes.commit();
    var first = push("current", Pushes.body(BIRDS, Pushes.commit(), a));
    push("current", Pushes.body(BIRDS, a, b));

    var back = push("current", Pushes.body(BIRDS, "refs/heads/master", b, a, "back", true));

    assertThat(back.verdict()).isEqualTo("ACCEPTED");
    assertThat(back.run("birds")).isNotEqualTo(first.run("birds"));
    assertThat(head("birds")).isEqualTo(a);
    assertThat(count("run")).isEqualTo(3);
  }

  @Test
  void aLatePushMakesARunButIsNotTakenForTheHead() {
    var a = Pushes.commit();
    var b = Pushes.commit();
    var c = Pushes.commit();
    push("current", Pushes.body(BIRDS, Pushes.commit(), a));
    push("current", Pushes.body(BIRDS, b, c));

    var late = push("current", Pushes.body(BIRDS, a, b));

    assertThat(late.verdict()).isEqualTo("ACCEPTED");
    assertThat(head("birds")).isEqualTo(c);
    assertThat(push("current", Pushes.body(BIRDS, b, c)).verdict()).isEqualTo("DUPLICATE");
  }

  @Test
  void aCommitThatWasRolledBackIsIgnoredWhenItIsPushedAgain() {
    var a = Pushes.commit();
    var b = Pushes.commit();
    push("current", Pushes.body(BIRDS, Pushes.commit(), a));
    var bad = push("current", Pushes.body(BIRDS, a, b)).run("birds");
    runEnds(bad, "ROLLED_BACK");
    push("current", Pushes.body(BIRDS, "refs/heads/master", b, a, "back", true));

    var again = push("current", Pushes.body(BIRDS, a, b));

    assertThat(again.verdict()).isEqualTo("IGNORED");
    assertThat(again.reason())
        .isEqualTo(
            "run %d rolled %s back; it is released again only if a person starts a run of it"
                .formatted(bad, b.substring(0, 7)));
    assertThat(count("run")).isEqualTo(3);
    assertThat(push("current", Pushes.body(BIRDS, a, b)).verdict()).isEqualTo("IGNORED");
  }

  // ---- refused

  @Test
  void whoeverDoesNotKnowTheSecretIsRefused() {
    var body = Pushes.body(BIRDS, Pushes.commit(), Pushes.commit());
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    var before = refused();

    for (var signature :
        new String[] {
          null,
          "",
          "sha256=",
          "sha256=" + "0".repeat(64),
          Pushes.sign(body, "wrong"),
          Pushes.sign(body, "of nest"),
          Pushes.sign(body + " ", "current")
        }) {
      var response = send(signature, "push", "id-1", bytes);

      assertThat(response.status()).as(signature).isEqualTo(401);
      assertThat(response.type()).isEqualTo("application/problem+json");
      assertThat(response.body().toString()).doesNotContain("birds").doesNotContain("songs");
    }
    assertThat(count("delivery")).isZero();
    assertThat(refused() - before).isEqualTo(7);

    assertThat(send("current", "push", "id-1", body).verdict())
        .as("a refusal reserves no id")
        .isEqualTo("ACCEPTED");
  }

  @Test
  void aRepositoryThatNobodyRegisteredIsRefusedInTheSameWords() {
    var stranger = Pushes.body("otomato/stranger", Pushes.commit(), Pushes.commit());
    var unsigned = send(null, "push", "id-1", new byte[0]);

    var response = push("current", stranger);

    assertThat(response.status()).isEqualTo(401);
    assertThat(response.body()).isEqualTo(unsigned.body());
    assertThat(count("delivery")).isZero();
  }

  /** A secret of one repository is no key to another that the body names somewhere. */
  @Test
  void theSecretMustBelongToTheRepository() {
    var body =
        Pushes.body(NEST, Pushes.commit(), Pushes.commit())
            .replaceFirst("\\{", "{\"fork\": {\"full_name\": \"otomato/birds\"},");

    assertThat(push("current", body).status()).isEqualTo(401);
    assertThat(push("of nest", body).status()).isEqualTo(202);
  }

  private double refused() {
    var counter = meters.find("aviary.deliveries").tag("verdict", "refused").counter();
    return counter == null ? 0 : counter.count();
  }

  // ---- malformed

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "not json",
        "\"text\"",
        "{\"repository\": {\"full_name\": \"otomato/birds\"}}",
        "{\"repository\": {\"full_name\": \"otomato/birds\"}, \"ref\": null}",
        "{\"repository\": {\"full_name\": \"otomato/birds\"}, \"ref\": \"refs/heads/master\", \"after\": 5}",
        "{\"repository\": {\"full_name\": \"otomato/birds\"}, \"ref\": \"refs/heads/master\"",
        "{\"repository\": null}",
        "{\"repository\": {\"full_name\": []}}",
      })
  void aSignedBodyThatIsNoPushIs400(String body) {
    var response = push("current", body);

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.type()).isEqualTo("application/problem+json");
    assertThat(response.body().path("detail").asString()).isNotBlank();
    assertThat(count("delivery")).isZero();
  }

  @Test
  void oddHeadersAre400() {
    var body = Pushes.body(BIRDS, Pushes.commit(), Pushes.commit());
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    var signature = Pushes.sign(body, "current");

    assertThat(send(signature, null, "id-1", bytes).status()).isEqualTo(400);
    assertThat(send(signature, "pu sh", "id-1", bytes).status()).isEqualTo(400);
    assertThat(send(signature, "push", null, bytes).status()).isEqualTo(400);
    assertThat(send(signature, "push", "", bytes).status()).isEqualTo(400);
    assertThat(send(signature, "push", "a".repeat(101), bytes).status()).isEqualTo(400);
    assertThat(send(signature, "push", "'; DROP TABLE run", bytes).status()).isEqualTo(400);
  }

  @Test
  void aFormIsToldWhatToChoose() throws Exception {
    var response =
        mvc.perform(
                MockMvcRequestBuilders.post("/webhooks/github")
                    .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                    .content("payload=%7B%7D"))
            .andReturn()
            .getResponse();

    assertThat(response.getStatus()).isEqualTo(415);
    assertThat(response.getContentAsString())
        .contains("set the webhook's content type to application/json");
  }
}
