package io.aviary.traffic;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Requests to one address, each over a connection of its own, so that no connection that stays open
 * skews the share. The JDK's client does not let a test set the Host header.
 */
final class HttpLoad {

  private final URI address;
  private final String host;

  HttpLoad(URI address, String host) {
    this.address = address;
    this.host = host;
  }

  /** What came back: the body of a success, else what went wrong. */
  record Answers(Map<String, Integer> bodies, List<String> failures) {

    int of(String body) {
      return bodies.getOrDefault(body, 0);
    }

    int all() {
      return bodies.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  Answers send(int requests) {
    var answers = new Answers(new TreeMap<>(), new ArrayList<>());
    for (var request = 0; request < requests; request++) {
      one(answers);
    }
    return answers;
  }

  /** Sends until the work is done. */
  Answers during(Runnable work) throws InterruptedException {
    var answers = new Answers(new TreeMap<>(), new ArrayList<>());
    var worker = Thread.ofVirtual().unstarted(work);
    var failure = new ArrayList<Throwable>();
    worker.setUncaughtExceptionHandler((thread, thrown) -> failure.add(thrown));
    worker.start();
    while (worker.isAlive()) {
      one(answers);
    }
    worker.join();
    if (!failure.isEmpty()) {
      throw new AssertionError(failure.getFirst());
    }
    return answers;
  }

  private void one(Answers answers) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), 5000);
      socket.setSoTimeout(10_000);
      var request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      var end = answer.indexOf("\r\n\r\n");
      if (answer.startsWith("HTTP/1.1 200 ") && end > 0) {
        answers.bodies().merge(answer.substring(end + 4).strip(), 1, Integer::sum);
      } else {
        answers.failures().add(answer.lines().findFirst().orElse("an empty answer"));
      }
    } catch (IOException e) {
      answers.failures().add(e.toString());
    }
  }
}
