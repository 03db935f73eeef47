package io.aviary.endtoend;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * So many requests a second, each on a connection of its own, whether those before have been
 * answered or not: as many clients would send them.
 */
final class SteadyLoad implements AutoCloseable {

  private final InetSocketAddress address;
  private final String host;
  private final String path;
  private final Map<String, Integer> answers = new TreeMap<>();
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

  SteadyLoad(InetSocketAddress address, String host, String path, int perSecond) {
    this.address = address;
    this.host = host;
    this.path = path;
    var _ =
        clock.scheduleAtFixedRate(
            () -> requests.execute(this::one),
            0,
            Duration.ofSeconds(1).toNanos() / perSecond,
            TimeUnit.NANOSECONDS);
  }

  private void one() {
    var answer = ask();
    synchronized (answers) {
      answers.merge(answer, 1, Integer::sum);
    }
  }

  /** The status, or what went wrong. */
  private String ask() {
    try (var socket = new Socket()) {
      socket.connect(address, 5000);
      socket.setSoTimeout(10_000);
      var request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      @Nullable String first =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .findFirst()
              .orElse(null);
      return first == null ? "an empty answer" : first;
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** How often each came since the last time that this was asked. */
  Map<String, Integer> taken() {
    synchronized (answers) {
      var taken = new TreeMap<>(answers);
      answers.clear();
      return taken;
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    requests.close();
  }
}
