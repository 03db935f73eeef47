package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchStreamTest {

  private record Later(Duration delay, Runnable action) {}

  private final FakeApiServer server = new FakeApiServer();
  private final AtomicInteger events = new AtomicInteger();
  private final AtomicInteger givenUp = new AtomicInteger();
  private final List<Later> later = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final WatchStream stream =
      new WatchStream(
          new WatchStream.Connections() {
            @Override
            public KubernetesClient current() {
              return server.client();
            }

            @Override
            public void giveUp(KubernetesClient dead) {
              givenUp.incrementAndGet();
            }
          },
          "/api/v1/namespaces/a/pods",
          (delay, action) -> later.add(new Later(delay, action)),
          events::incrementAndGet);

  @AfterEach
  void stop() {
    end.countDown();
    stream.close();
    server.close();
  }

  @Test
  void eachChangeIsAnEventAndABookmarkIsNone() {
    server.answers(
        exchange -> {
          begin(exchange);
          write(exchange, event("ADDED", 5));
          awaitEvents(1);
          write(exchange, event("BOOKMARK", 6));
          var modified = event("MODIFIED", 7);
          write(exchange, modified.substring(0, 12), modified.substring(12));
          waitForEnd();
        });

    stream.open();

    awaitEvents(2);
    assertThat(server.requests())
        .singleElement()
        .asString()
        .startsWith("GET /api/v1/namespaces/a/pods?watch=true&")
        .endsWith("&resourceVersion=0");
  }

  @Test
  void goesOnWhereItWasAfterACut() {
    server.answers(
        exchange -> {
          begin(exchange);
          write(exchange, event("ADDED", 5));
          write(exchange, event("BOOKMARK", 8));
          exchange.close();
        });

    stream.open();
    reopenAfter(1);

    await().until(() -> server.requests().size() == 2);
    assertThat(server.requests().get(1)).endsWith("&resourceVersion=8&allowWatchBookmarks=true");
  }

  @Test
  void startsAnewWhereTheServerHasForgotten() {
    server.answers(
        exchange -> {
          begin(exchange);
          write(exchange, event("ADDED", 5));
          write(
              exchange,
              "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}}\n");
          waitForEnd();
        });

    stream.open();
    reopenAfter(1);

    await().until(() -> server.requests().size() == 2);
    assertThat(server.requests().get(1)).endsWith("&resourceVersion=0");
  }

  @Test
  void waitsLongerEachTimeThatItIsRefused() {
    server.answers(exchange -> FakeApiServer.status(exchange, 403, "pods is forbidden"));

    stream.open();
    for (int i = 1; i <= 10; i++) {
      reopenAfter(i);
    }

    assertThat(later).extracting(Later::delay).isSorted().startsWith(Duration.ofMillis(200));
    assertThat(later.getLast().delay()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(30));
    assertThat(events).hasValue(0);
  }

  @Test
  void triesAgainWhereNobodyListens() {
    server.stop();

    stream.open();

    await().until(() -> later.size() == 1);
    assertThat(givenUp).as("a refused connection is no dead one").hasValue(0);
  }

  @Test
  void stopsWhenItIsClosed() {
    server.answers(
        exchange -> {
          begin(exchange);
          write(exchange, event("ADDED", 5));
          waitForEnd();
        });
    stream.open();
    awaitEvents(1);

    stream.close();
    end.countDown();

    later.forEach(one -> one.action().run());
    assertThat(server.requests()).hasSize(1);
  }

  /** Runs what was put off, once the stream has done so for the nth time. */
  private void reopenAfter(int times) {
    await().until(() -> reopenings().size() == times);
    reopenings().getLast().action().run();
  }

  private List<Later> reopenings() {
    return later.stream().filter(one -> one.delay().toMinutes() < 1).toList();
  }

  private void awaitEvents(int count) {
    await().until(() -> events.get() >= count);
    assertThat(events).hasValue(count);
  }

  private void waitForEnd() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void begin(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
  }

  private static void write(HttpExchange exchange, String... parts) throws IOException {
    for (var part : parts) {
      exchange.getResponseBody().write(part.getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
    }
  }

  private static String event(String type, int version) {
    return "{\"type\":\"%s\",\"object\":{\"metadata\":{\"resourceVersion\":\"%d\"}}}\n"
        .formatted(type, version);
  }
}
