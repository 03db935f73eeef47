package io.aviary.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.database.InMemory;
import io.aviary.notify.NotifyProperties.Kind;
import io.aviary.notify.NotifyProperties.Notification;
import io.aviary.release.FakeRuns;
import io.aviary.release.HmacSha256;
import io.aviary.release.PipelineName;
import io.aviary.release.RunChanged;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.StepStatus;
import io.aviary.release.StepView;
import io.aviary.release.Trigger;
import io.aviary.release.masking.Masking;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import tools.jackson.databind.json.JsonMapper;

/** Who hears what of a run, and that they hear it once, whatever happens. */
class OutboxTest {

  private static final String SECRET = "a secret of a webhook";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final EmbeddedDatabase database = open();
  private final JdbcClient jdbc = JdbcClient.create(database);
  private final FakeReceiver receiver = new FakeReceiver();
  private final FakeReceiver slack = new FakeReceiver();
  private final FakeMailServer mail = new FakeMailServer();
  private final ToldRuns runs = new ToldRuns();
  private Instant now = Instant.parse("2026-11-25T12:00:00Z");
  private final InstantSource clock = () -> now;

  EmbeddedDatabase open() {
    return InMemory.with("V1__runs.sql", "V10__notifications.sql");
  }

  @AfterEach
  void away() {
    receiver.close();
    slack.close();
    mail.close();
    database.shutdown();
  }

  @Test
  void anOutcomeIsToldEveryTargetThatWantsItOnce() throws Exception {
    var outbox = server(webhook("ci"), slack("team"), mail("ops"));

    happens(
        outbox, ended(1, RunStatus.ROLLED_BACK, "watchQuarter: p99 is 2.3 × the baseline's <b>"));
    happens(
        outbox, ended(1, RunStatus.ROLLED_BACK, "watchQuarter: p99 is 2.3 × the baseline's <b>"));
    outbox.tell();
    outbox.tell();

    assertThat(receiver.received).hasSize(1);
    var told = receiver.received.getFirst();
    var body = JSON.readTree(told.body());
    assertThat(body.get("event").stringValue()).isEqualTo("ROLLED_BACK");
    assertThat(body.get("url").stringValue()).isEqualTo("https://aviary.example/runs/1");
    assertThat(told.headers())
        .containsEntry("x-aviary-event", "ROLLED_BACK")
        .containsEntry("x-aviary-delivery", body.get("id").stringValue())
        .containsEntry(
            "x-aviary-signature-256",
            new HmacSha256(SECRET).header(told.body().getBytes(StandardCharsets.UTF_8)));
    assertThat(text(slack.received.getFirst()))
        .contains("<https://aviary.example/runs/1|ornithology aaaaaaa canary: rolled back>")
        .contains("&lt;b&gt;");
    assertThat(slack.received).hasSize(1);
    assertThat(mail.messages).hasSize(1);
    assertThat(mail.messages.getFirst())
        .contains("Subject: ornithology aaaaaaa canary: rolled back")
        .contains("To: tern@example.com")
        .contains("https://aviary.example/runs/1");
  }

  /** Without a restart; what happened before a place was configured is no news to it. */
  @Test
  void aChangedSecretSignsTheNextMessageAndANewPlaceHearsOfWhatHappensFromNowOn() throws Exception {
    var outbox = server();
    happens(outbox, ended(1, RunStatus.FAILED, null));
    assertThat(takeOver(outbox, SECRET)).containsExactly("notification ci added");
    now = now.plusSeconds(1);
    happens(outbox, ended(2, RunStatus.FAILED, null));
    outbox.tell();
    assertThat(takeOver(outbox, "another secret of it")).containsExactly("notification ci changed");
    happens(outbox, ended(3, RunStatus.FAILED, null));
    outbox.tell();

    assertThat(receiver.received)
        .extracting(told -> told.headers().get("x-aviary-signature-256"))
        .containsExactly(
            new HmacSha256(SECRET).header(body(0)),
            new HmacSha256("another secret of it").header(body(1)));

    happens(outbox, ended(4, RunStatus.FAILED, null));
    assertThat(outbox.takeOver(new Binder(new MapConfigurationPropertySource(Map.of()))))
        .containsExactly("notification ci removed");
    outbox.tell();
    assertThat(receiver.received).as("it is gone").hasSize(2);
  }

  private List<String> takeOver(Outbox outbox, String secret) {
    return outbox.takeOver(
        new Binder(
            new MapConfigurationPropertySource(
                Map.of(
                    "aviary.notifications[0].name",
                    "ci",
                    "aviary.notifications[0].kind",
                    "webhook",
                    "aviary.notifications[0].url",
                    receiver.url().toString(),
                    "aviary.notifications[0].secret",
                    secret))));
  }

  private byte[] body(int message) {
    return receiver.received.get(message).body().getBytes(StandardCharsets.UTF_8);
  }

  /** As a receiver checks it; the number was made by another program. */
  @Test
  void theSignatureIsAnHmacOfTheBody() {
    assertThat(
            new HmacSha256("It's a Secret to Everybody")
                .header("Hello, World!".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
  }

  @Test
  void whatWaitsForAPersonIsToldWithItsGateAndNotOnceItIsDecided() throws Exception {
    var outbox = server(webhook("ci"));

    happens(outbox, waiting(1));
    outbox.tell();
    happens(outbox, waiting(2));
    runs.is(2, RunStatus.RUNNING, null, null, List.of());
    outbox.tell();

    assertThat(receiver.received).hasSize(1);
    var body = JSON.readTree(receiver.received.getFirst().body());
    assertThat(body.get("event").stringValue()).isEqualTo("APPROVAL");
    assertThat(body.get("gate").stringValue()).isEqualTo("approveRelease");
    assertThat(body.get("reason").stringValue()).contains("waits for approval");
  }

  @Test
  void whoeverIsAwayIsTriedAgainLaterAndHeldUpByNobody() throws Exception {
    var outbox = server(webhook("ci"), slack("team"));
    receiver.answers = 503;

    happens(outbox, ended(1, RunStatus.FAILED, "no disk"));
    outbox.tell();
    outbox.tell();
    assertThat(slack.received).hasSize(1);
    assertThat(problem()).isEqualTo("localhost answered 503");

    receiver.answers = 200;
    now = now.plus(Duration.ofSeconds(11));
    outbox.tell();
    assertThat(receiver.received).hasSize(1);
    assertThat(slack.received).hasSize(1);
    assertThat(problem()).isNull();
  }

  @Test
  void itIsGivenUpAfterADay() throws Exception {
    var outbox = server(webhook("ci"));
    receiver.answers = 410;
    happens(outbox, ended(1, RunStatus.FAILED, null));

    for (var hours = 0; hours < 26; hours++) {
      outbox.tell();
      now = now.plus(Duration.ofHours(1));
    }
    receiver.answers = 200;
    outbox.tell();

    assertThat(receiver.received).isEmpty();
    assertThat(new Notifications(jdbc).trouble("ci").orElseThrow().count()).isEqualTo(1);
  }

  /** Nobody told the new server's outbox of anything. */
  @Test
  void whatHappenedWhileAServerDiedIsFoundByTheNextOne() throws Exception {
    var _ = server(webhook("ci"));
    now = now.plusSeconds(5);
    ended(1, RunStatus.ROLLED_BACK, "too slow");
    now = now.plus(Duration.ofHours(3));

    var next = server(webhook("ci"));
    next.sweep();
    next.sweep();
    next.tell();
    next.tell();

    assertThat(receiver.received).hasSize(1);
  }

  /** Taken, and the server died before it noted what came of it. */
  @Test
  void whatADeadServerHadTakenIsToldByAnotherWithTheSameId() throws Exception {
    var outbox = server(webhook("ci"));
    happens(outbox, ended(1, RunStatus.FAILED, null));
    var notifications = new Notifications(jdbc);
    assertThat(notifications.take(notifications.due(now, 1).getFirst(), now)).isTrue();

    outbox.tell();
    assertThat(receiver.received).isEmpty();
    now = now.plus(Duration.ofMinutes(3));
    outbox.tell();

    assertThat(receiver.received).hasSize(1);
  }

  @Test
  void whatWasBeforeATargetIsNoNewsForIt() throws Exception {
    ended(1, RunStatus.FAILED, null);
    now = now.plusSeconds(60);

    var outbox = server(webhook("ci"));
    outbox.sweep();
    outbox.tell();

    assertThat(receiver.received).isEmpty();
  }

  @Test
  void otherApplicationsAndOutcomesAreNotTold() throws Exception {
    var outbox =
        server(
            new Notification(
                "ci",
                Kind.WEBHOOK,
                receiver.url(),
                SECRET,
                List.of(),
                "",
                List.of("warbler"),
                List.of(Occasion.FAILED)),
            webhook("all"));

    happens(outbox, ended(1, RunStatus.FAILED, null));
    happens(outbox, ended(2, RunStatus.SUCCEEDED, null));
    outbox.tell();

    assertThat(receiver.received).hasSize(1);
  }

  @Test
  void aMailServerThatRefusesIsAProblemOnRecord() throws Exception {
    var outbox = server(mail("ops"));
    mail.refuses = true;

    happens(outbox, ended(1, RunStatus.FAILED, null));
    outbox.tell();

    assertThat(problem()).contains("the mail server did not take it");
  }

  @Test
  void secretsThatAReasonHasAreMaskedAndAddressesAreNotInProblems() throws Exception {
    var outbox = server(webhook("ci"));
    receiver.answers = 404;
    happens(outbox, ended(1, RunStatus.FAILED, "the token hunter2-hunter2 was refused"));
    outbox.tell();
    assertThat(problem()).doesNotContain("hidden");

    receiver.answers = 200;
    now = now.plusSeconds(11);
    outbox.tell();
    assertThat(text(receiver.received.getFirst())).doesNotContain("hunter2").contains("***");
  }

  @Test
  void aMistakeInTheConfigurationSaysWhatIsWrong() {
    assertThatThrownBy(
            () ->
                new Notification(
                    "ci", Kind.WEBHOOK, null, "short", List.of("x"), "", List.of(), List.of()))
        .hasMessageContaining("'to' is for e-mail only")
        .hasMessageContaining("needs a url")
        .hasMessageContaining("at least 16 characters")
        .hasMessageContaining("'on' is empty");
    assertThatThrownBy(
            () ->
                new Notification(
                    "ops",
                    Kind.EMAIL,
                    receiver.url(),
                    null,
                    List.of("tern"),
                    "",
                    List.of(),
                    List.of(Occasion.FAILED)))
        .hasMessageContaining("no address")
        .hasMessageContaining("spring.mail.host");
    assertThatThrownBy(() -> new NotifyProperties(List.of(webhook("ci"), webhook("ci"))))
        .hasMessageContaining("twice");
  }

  // ---- what a test is made of

  private Notification webhook(String name) {
    return new Notification(
        name, Kind.WEBHOOK, receiver.url(), SECRET, List.of(), "", List.of(), wanted());
  }

  private Notification slack(String name) {
    return new Notification(
        name, Kind.SLACK, slack.url(), null, List.of(), "", List.of(), wanted());
  }

  private Notification mail(String name) {
    return new Notification(
        name,
        Kind.EMAIL,
        null,
        null,
        List.of("tern@example.com"),
        "aviary@example.com",
        List.of(),
        wanted());
  }

  private static List<Occasion> wanted() {
    return List.of(Occasion.ROLLED_BACK, Occasion.FAILED, Occasion.APPROVAL);
  }

  private Outbox server(Notification... targets) {
    var smtp = new JavaMailSenderImpl();
    smtp.setHost("localhost");
    smtp.setPort(mail.port());
    var notifications = new Notifications(jdbc);
    Arrays.stream(targets).forEach(target -> notifications.since(target.name(), now));
    return new Outbox(
        new Targets(List.of(targets)),
        notifications,
        new Sender(JSON, new Masking(List.of("hunter2-hunter2")), () -> smtp),
        runs,
        URI.create("https://aviary.example/"),
        clock);
  }

  private static void happens(Outbox outbox, RunView run) {
    outbox.on(new RunChanged(run.id(), run.application(), run.status().isFinal()));
    outbox.takeDown();
  }

  private RunView ended(long id, RunStatus status, @Nullable String reason) {
    return runs.is(id, status, reason, now, List.of());
  }

  private RunView waiting(long id) {
    return runs.is(
        id,
        RunStatus.WAITING,
        null,
        null,
        List.of(
            new StepView(
                "approveRelease",
                StepStatus.WAITING,
                "waits for approval by 1 person",
                now,
                null,
                1,
                Map.of("awaiting", "approval", "awaitingSince", now.toString()),
                "gate",
                "approveRelease",
                false,
                "PERSON",
                null)));
  }

  private @Nullable String problem() {
    return jdbc.sql("SELECT problem FROM notification WHERE target IN ('ci', 'ops')")
        .query((row, n) -> Optional.ofNullable(row.getString(1)))
        .single()
        .orElse(null);
  }

  private static String text(FakeReceiver.Received received) {
    return received.body();
  }

  /** Runs as a test wants them, with a row each, because what is told refers to it. */
  private final class ToldRuns extends FakeRuns {
    RunView is(
        long id,
        RunStatus status,
        @Nullable String reason,
        @Nullable Instant finished,
        List<StepView> steps) {
      var run =
          new RunView(
              id,
              "ornithology",
              PipelineName.CANARY,
              status,
              null,
              reason,
              "a".repeat(40),
              "aaaaaaa",
              "master",
              "A bird registry",
              "finch",
              Trigger.PUSH,
              null,
              now,
              now,
              finished,
              null,
              null,
              null,
              false,
              steps);
      if (find(id).isEmpty()) {
        jdbc.sql(
                "INSERT INTO run (id, application, pipeline, status, revision, branch, trigger_kind,"
                    + " created_at, plan_version, turn) VALUES (?, 'ornithology', 'CANARY',"
                    + " 'RUNNING', ?, 'master', 'PUSH', ?, 1, 'HELD')")
            .params(id, "a".repeat(40), now.atOffset(ZoneOffset.UTC))
            .update();
      }
      jdbc.sql("UPDATE run SET status = ?, finished_at = ? WHERE id = ?")
          .params(
              Arrays.asList(
                  status.name(), finished == null ? null : finished.atOffset(ZoneOffset.UTC), id))
          .update();
      return put(run);
    }
  }
}
