package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.RepeatedTest;

/** Deliveries that arrive at the same moment. */
class DuplicateRaceTest extends WebhookTest {

  private static final int SENDERS = 8;

  @RepeatedTest(6)
  void theSameIdMakesOneRun() throws Exception {
    var body = Pushes.body("otomato/birds", Pushes.commit(), Pushes.commit());

    var responses = atOnce(i -> send("current", "push", "id-1", body));

    oneAcceptedOthersDuplicates(responses);
    assertThat(count("delivery")).isEqualTo(1);
    assertThat(deliveries.find("id-1").orElseThrow().redeliveries()).isEqualTo(SENDERS - 1);
  }

  @RepeatedTest(6)
  void theSameHeadMakesOneRun() throws Exception {
    var body = Pushes.body("otomato/birds", Pushes.commit(), Pushes.commit());

    var responses = atOnce(i -> send("current", "push", "id-" + i, body));

    oneAcceptedOthersDuplicates(responses);
    assertThat(count("delivery")).isEqualTo(SENDERS);
  }

  @RepeatedTest(6)
  void theSameHeadOfAKnownBranchMakesOneRun() throws Exception {
    var before = Pushes.commit();
    push("current", Pushes.body("otomato/birds", Pushes.commit(), before));
    jdbc.sql("DELETE FROM run_record").update();
    jdbc.sql("DELETE FROM run_step").update();
    jdbc.sql("DELETE FROM run").update();
    var body = Pushes.body("otomato/birds", before, Pushes.commit());

    oneAcceptedOthersDuplicates(atOnce(i -> send("current", "push", "id-" + i, body)));
  }

  @RepeatedTest(6)
  void bothWebhooksOfOneEventAtOnce() throws Exception {
    var body = Pushes.body("otomato/birds", Pushes.commit(), Pushes.commit());

    var responses = atOnce(i -> send(i % 2 == 0 ? "current" : "of songs", "push", "id-1", body));

    assertThat(responses.stream().filter(it -> it.verdict().equals("ACCEPTED"))).hasSize(2);
    assertThat(count("run")).isEqualTo(2);
  }

  private void oneAcceptedOthersDuplicates(List<Response> responses) {
    var accepted = responses.stream().filter(it -> it.verdict().equals("ACCEPTED")).toList();
    assertThat(accepted).as("%s", responses).hasSize(1);
    var run = accepted.getFirst().run("birds");
    assertThat(responses).allSatisfy(it -> assertThat(it.status()).isEqualTo(202));
    assertThat(responses).allSatisfy(it -> assertThat(it.run("birds")).isEqualTo(run));
    assertThat(count("run")).isEqualTo(1);
  }

  private interface Sender {
    Response send(int number);
  }

  private static List<Response> atOnce(Sender sender) throws Exception {
    var start = new CyclicBarrier(SENDERS);
    var tasks = new ArrayList<Callable<Response>>();
    for (var i = 0; i < SENDERS; i++) {
      var number = i;
      tasks.add(
          () -> {
            start.await();
            return sender.send(number);
          });
    }
    try (var threads = Executors.newFixedThreadPool(SENDERS)) {
      var responses = new ArrayList<Response>();
      for (var future : threads.invokeAll(tasks)) {
        responses.add(future.get());
      }
      return responses;
    }
  }
}
