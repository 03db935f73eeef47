package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aviary.release.DeliveryView.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/** Who shares a transaction with whom, and what becomes of those that share one that fails. */
class IntakeLaneTest {

  private static final Executor SENDERS = Thread::startVirtualThread;

  private final Transactions transactions = new Transactions();
  private final IntakeLane lane = new IntakeLane("lane of a test", transactions);

  /** Stores nothing; begins its first group at once, and ends it when it is told to. */
  private static final class Transactions implements IntakeLane.Store {
    private final List<List<String>> groups = new CopyOnWriteArrayList<>();
    private final CountDownLatch first = new CountDownLatch(1);
    private volatile Runnable fate = () -> {};

    @Override
    public List<Optional<Answer>> receiveTogether(List<Arrival> arrivals) {
      groups.add(arrivals.stream().map(it -> it.delivery().id()).toList());
      if (groups.size() == 1) {
        try {
          first.await();
        } catch (InterruptedException e) {
          throw new AssertionError("a thread with a transaction was interrupted", e);
        }
      }
      fate.run();
      return arrivals.stream().map(it -> Optional.of(answer(it))).toList();
    }
  }

  @AfterEach
  void end() throws InterruptedException {
    transactions.first.countDown();
    lane.close();
  }

  @Test
  void whatComesWhileOneIsStoredIsStoredTogetherInItsOrder() {
    var senders = sendersBehindOne(5);

    transactions.first.countDown();

    senders.forEach(CompletableFuture::join);
    assertThat(transactions.groups).containsExactly(List.of("0"), List.of("1", "2", "3", "4", "5"));
    for (var i = 0; i < senders.size(); i++) {
      assertThat(senders.get(i).join().orElseThrow().delivery()).isEqualTo("" + i);
    }
  }

  @Test
  void soManyShareATransactionAndNoMore() {
    var senders = sendersBehindOne(IntakeLane.MOST_TOGETHER + 1);

    transactions.first.countDown();

    senders.forEach(CompletableFuture::join);
    assertThat(transactions.groups.stream().map(List::size))
        .containsExactly(1, IntakeLane.MOST_TOGETHER, 1);
  }

  @Test
  void whatOneOfThemBringsAboutIsThatOnesAlone() {
    var senders = sendersBehindOne(3);
    transactions.fate =
        () -> {
          throw new DuplicateKeyException("one of them");
        };

    transactions.first.countDown();

    assertThat(senders.stream().map(CompletableFuture::join)).containsOnly(Optional.empty());
  }

  @Test
  void aCommitWithoutAnAnswerIsNotTriedAgain() {
    var senders = sendersBehindOne(2);
    transactions.fate =
        () -> {
          throw new TransactionSystemException("the connection went away");
        };

    transactions.first.countDown();

    for (var sender : senders) {
      assertThatThrownBy(sender::join)
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(TransactionSystemException.class);
    }
  }

  @Test
  void withoutADatabaseNobodyWaitsForTheNextAttempt() {
    var senders = sendersBehindOne(3 * IntakeLane.MOST_TOGETHER);
    transactions.fate =
        () -> {
          throw new CannotCreateTransactionException("no connection within 30 s");
        };

    transactions.first.countDown();

    for (var sender : senders) {
      assertThatThrownBy(sender::join).hasCauseInstanceOf(CannotCreateTransactionException.class);
    }
    assertThat(transactions.groups).hasSize(1);
  }

  @Test
  void anErrorIsToldAndTheLaneGoesOn() {
    var sender = sendersBehindOne(0).getFirst();
    transactions.fate =
        () -> {
          throw new StackOverflowError("far too deep");
        };

    transactions.first.countDown();

    assertThatThrownBy(sender::join).hasCauseInstanceOf(StackOverflowError.class);
    transactions.fate = () -> {};
    assertThat(lane.receive(arrival("next"))).isPresent();
  }

  @Test
  void moreThanMayWaitAreRefusedAtOnce() {
    var senders = sendersBehindOne(IntakeLane.MOST_WAITING);

    assertThatThrownBy(() -> lane.receive(arrival("one too many")))
        .isInstanceOf(FullIntakeException.class);

    transactions.first.countDown();
    assertThat(senders.stream().map(CompletableFuture::join)).allMatch(Optional::isPresent);
  }

  @Test
  void whatWaitsAtTheEndIsStoredAndWhatComesLaterIsNot() throws Exception {
    var senders = sendersBehindOne(IntakeLane.MOST_TOGETHER + 1);
    var end =
        CompletableFuture.runAsync(
            () -> {
              try {
                lane.close();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            },
            SENDERS);
    transactions.first.countDown();

    end.join();

    assertThat(senders).allMatch(sender -> sender.isDone() && sender.join().isPresent());
    assertThat(lane.receive(arrival("late"))).isEmpty();
  }

  /** The first is being stored, the others wait behind it in their order. */
  private List<CompletableFuture<Optional<Answer>>> sendersBehindOne(int others) {
    var senders = new ArrayList<CompletableFuture<Optional<Answer>>>();
    senders.add(sender(0));
    soon().until(() -> transactions.groups.size() == 1);
    IntStream.rangeClosed(1, others)
        .forEach(
            i -> {
              senders.add(sender(i));
              soon().until(() -> lane.waiting() == i);
            });
    return senders;
  }

  private static ConditionFactory soon() {
    return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
  }

  private CompletableFuture<Optional<Answer>> sender(int number) {
    return CompletableFuture.supplyAsync(() -> lane.receive(arrival("" + number)), SENDERS);
  }

  private static Arrival arrival(String id) {
    var delivery = new Delivery(id, "ping", null, null, null, null, Instant.EPOCH, 0, null);
    return new Arrival(delivery, StoredBody.NONE, List.of());
  }

  private static Answer answer(Arrival arrival) {
    return new Answer(arrival.delivery().id(), Verdict.IGNORED, "a ping", List.of());
  }
}
