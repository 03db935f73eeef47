package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.release.Applications;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.RunChanged;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Deliveries that share a transaction. */
class SharedIntakeTest extends WebhookTest {

  @Autowired Intake intake;
  @Autowired IntakeLanes lanes;
  @Autowired BranchHeads heads;
  @Autowired Applications applications;
  @Autowired Senders senders;
  @Autowired DataSource database;
  @Autowired PlatformTransactionManager transactions;
  @Autowired ConfigurableApplicationContext context;
  @Autowired InstantSource time;

  private final String a = Pushes.commit();
  private final String b = Pushes.commit();
  private final String c = Pushes.commit();

  @Test
  void eachHasItsVerdictAndItsRunAndTheLastOfABranchIsItsHead() {
    var answers =
        intake.receiveTogether(
            List.of(push("birds", a, b), push("nest", a, b), push("birds", b, c)));

    assertThat(answers)
        .allSatisfy(it -> assertThat(it.orElseThrow().verdict()).isEqualTo(Verdict.ACCEPTED));
    assertThat(count("run")).isEqualTo(3);
    assertThat(count("delivery_body")).isEqualTo(3);
    assertThat(head("birds")).isEqualTo(c);
    assertThat(head("nest")).isEqualTo(b);
    for (var answer : answers) {
      var stored = deliveries.find(answer.orElseThrow().delivery()).orElseThrow();
      assertThat(stored.applications().getFirst().run())
          .isEqualTo(answer.orElseThrow().applications().getFirst().run());
    }
  }

  @Test
  void theSameHeadTwiceMakesOneRun() {
    var answers = intake.receiveTogether(List.of(push("birds", a, b), push("birds", a, b)));

    assertThat(verdicts(answers)).containsExactly(Verdict.ACCEPTED, Verdict.DUPLICATE);
    assertThat(count("run")).isEqualTo(1);
  }

  @Test
  void whatCameBeforeIsLeftToATransactionOfItsOwn() {
    var before = push("birds", a, b);
    var twice = push("nest", a, b);
    var _ = intake.receive(before.delivery(), before.body(), before.recipients());

    var answers = intake.receiveTogether(List.of(before, twice, twice));

    assertThat(answers.stream().map(Optional::isPresent)).containsExactly(false, true, false);
    assertThat(lanes.receive(twice.delivery(), twice.body(), twice.recipients()).verdict())
        .isEqualTo(Verdict.DUPLICATE);
    assertThat(count("delivery")).isEqualTo(2);
  }

  @Test
  void whoeverDecidesAboutABranchHoldsUpNoOther() {
    var _ = intake.receiveTogether(List.of(push("birds", a, b), push("nest", a, b)));

    new TransactionTemplate(transactions)
        .executeWithoutResult(
            status -> {
              var _ = heads.lock(applications.find("birds").orElseThrow());

              var answers =
                  CompletableFuture.supplyAsync(
                          () ->
                              intake.receiveTogether(
                                  List.of(
                                      push("birds", b, c), push("nest", b, c), push("egg", a, b))))
                      .join();

              assertThat(answers.stream().map(Optional::isPresent))
                  .containsExactly(false, true, true);
            });
    assertThat(head("birds")).isEqualTo(b);
    assertThat(head("nest")).isEqualTo(c);
  }

  @Test
  void oneBadAmongManyFailsAlone() throws Exception {
    var all = new ArrayList<>(IntStream.range(0, 10).mapToObj(i -> push("birds", a, b)).toList());
    all.set(4, unstorable(push("birds", a, c)));
    assertThatThrownBy(() -> intake.receiveTogether(all))
        .isInstanceOf(DataIntegrityViolationException.class);
    assertThat(count("delivery") + count("run") + count("branch_head")).isZero();
    var gate = new CountDownLatch(1);
    var lane =
        new IntakeLane(
            "lane of a test",
            arrivals -> {
              awaitIt(gate);
              return intake.receiveTogether(arrivals);
            });

    var answers =
        all.stream()
            .map(
                it ->
                    CompletableFuture.supplyAsync(
                            () -> lane.receive(it), Thread::startVirtualThread)
                        .thenApply(
                            answer ->
                                answer.orElseGet(
                                    () ->
                                        intake.receive(it.delivery(), it.body(), it.recipients()))))
            .toList();
    gate.countDown();

    for (var i = 0; i < answers.size(); i++) {
      var answer = answers.get(i);
      if (i == 4) {
        assertThatThrownBy(answer::join).hasCauseInstanceOf(DataIntegrityViolationException.class);
      } else {
        assertThat(answer.join().delivery()).isEqualTo(all.get(i).delivery().id());
      }
    }
    lane.close();
    assertThat(count("delivery")).isEqualTo(9);
    assertThat(count("run")).isEqualTo(1);
  }

  @Test
  void nothingIsLeftOfAnyOfThemIfTheProcessDiesBeforeTheCommit() {
    assertThatThrownBy(
            () ->
                new TransactionTemplate(transactions)
                    .executeWithoutResult(
                        status -> {
                          var _ =
                              intake.receiveTogether(
                                  List.of(push("birds", a, b), push("nest", a, b)));
                          throw new IllegalStateException("the process dies before the commit");
                        }))
        .hasMessage("the process dies before the commit");

    for (var table :
        List.of("delivery", "delivery_body", "delivery_verdict", "run", "branch_head")) {
      assertThat(count(table)).as(table).isZero();
    }
  }

  @Test
  void aListenerThatFailsTakesNoAnswerAway() {
    ApplicationListener<PayloadApplicationEvent<RunChanged>> deaf =
        ApplicationListener.forPayload(
            change -> {
              throw new IllegalStateException("a listener has failed");
            });
    context.addApplicationListener(deaf);
    try {
      var answers = intake.receiveTogether(List.of(push("birds", a, b)));

      assertThat(verdicts(answers)).containsExactly(Verdict.ACCEPTED);
    } finally {
      context.removeApplicationListener(deaf);
    }
    assertThat(count("delivery")).isEqualTo(1);
  }

  @Test
  void aQuestionToGitIsAskedOfEach() {
    var wing = push("wing", a, b);

    var answers = intake.receiveTogether(List.of(wing, push("birds", a, b)));

    assertThat(answers.getFirst().orElseThrow().applications().getFirst().run()).isNull();
    assertThat(count("scheduled_tasks")).isEqualTo(1);
  }

  @Test
  void whoeverComesWhileTooManyWaitIsAskedToComeAgain() throws Exception {
    var meters = new SimpleMeterRegistry();
    var full =
        new IntakeLanes(intake, database) {
          @Override
          Answer receive(Delivery delivery, StoredBody body, List<Recipient> recipients) {
            throw new FullIntakeException(IntakeLane.MOST_WAITING);
          }
        };
    var body = Pushes.body("otomato/birds", a, b).getBytes(StandardCharsets.UTF_8);
    var request = new MockHttpServletRequest("POST", "/webhooks/github");
    request.setContent(body);
    request.addHeader("X-GitHub-Event", "push");
    request.addHeader("X-GitHub-Delivery", "again");
    request.addHeader("X-Hub-Signature-256", Pushes.sign(body, "current"));

    var response = new WebhookController(senders, full, time, meters).receive(request);

    assertThat(response.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    assertThat(response.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("5");
    assertThat(meters.get("aviary.deliveries").tag("verdict", "failed").counter().count())
        .isEqualTo(1);
  }

  @Test
  void lanesThatHaveEndedLeaveEachToATransactionOfItsOwn() {
    var ended = new IntakeLanes(intake, database);
    ended.start();
    ended.stop();
    var push = push("birds", a, b);

    assertThat(ended.receive(push.delivery(), push.body(), push.recipients()).verdict())
        .isEqualTo(Verdict.ACCEPTED);
  }

  private static void awaitIt(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<@Nullable Verdict> verdicts(List<Optional<Answer>> answers) {
    return answers.stream().map(it -> it.map(Answer::verdict).orElse(null));
  }

  private Arrival push(String application, String before, String after) {
    var found = applications.find(application).orElseThrow();
    var delivery =
        new Delivery(
            Pushes.id(),
            "push",
            null,
            found.repository(),
            "wren",
            Push.ofBranch(found.branch(), before, after),
            time.instant(),
            2,
            null);
    var body = StoredBody.of("{}".getBytes(StandardCharsets.UTF_8));
    return new Arrival(delivery, body, List.of(new Recipient(found, 0)));
  }

  /** Longer than its column. */
  private static Arrival unstorable(Arrival push) {
    var it = push.delivery();
    var delivery =
        new Delivery(
            it.id(),
            it.event(),
            "x".repeat(101),
            it.repository(),
            it.sender(),
            Objects.requireNonNull(it.push()),
            it.receivedAt(),
            it.size(),
            it.address());
    return new Arrival(delivery, push.body(), push.recipients());
  }
}
