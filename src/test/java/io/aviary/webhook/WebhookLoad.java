package io.aviary.webhook;

import io.aviary.release.HmacSha256;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.SpringApplication;
import org.springframework.context.SmartLifecycle;

/**
 * How many signed pushes a second are accepted durably, and how long a sender waits. Each push is
 * another commit, of one of 1,000 applications in turn, in a body of the size of GitHub's.
 *
 * <pre>
 * serve PORT FOLDER engine|no-engine        a server on H2 in a file
 * push URL SECONDS PER-SECOND AT-ONCE       PER-SECOND 0: as many as it takes
 * </pre>
 */
final class WebhookLoad {

  private static final int APPLICATIONS = 1_000;

  private WebhookLoad() {}

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "serve" -> serve(args[1], args[2], args[3].equals("engine"));
      case "push" ->
          push(
              URI.create(args[1]),
              Duration.ofSeconds(Long.parseLong(args[2])),
              Integer.parseInt(args[3]),
              Integer.parseInt(args[4]));
      default -> throw new IllegalArgumentException("serve or push, not " + args[0]);
    }
  }

  // ---- the server

  private static void serve(String port, String folder, boolean withEngine) {
    var arguments = new ArrayList<String>();
    arguments.add("--server.port=" + port);
    arguments.add("--aviary.missed-push-poll=1h");
    arguments.add(
        "--spring.datasource.url="
            + System.getProperty("database", "jdbc:h2:file:" + folder + "/aviary;WRITE_DELAY=0"));
    for (var i = 0; i < APPLICATIONS; i++) {
      var application = "--aviary.applications[" + i + "].";
      arguments.add(application + "name=app-" + i);
      arguments.add(application + "repository=" + repository(i));
      arguments.add(application + "namespace=app-" + i);
      arguments.add(application + "webhook-secrets=" + secret(i));
    }
    var context = SpringApplication.run(LiveServer.class, arguments.toArray(String[]::new));
    if (!withEngine) {
      context.getBean("dispatcher", SmartLifecycle.class).stop();
    }
    System.out.println("serving, pid " + ProcessHandle.current().pid());
  }

  private static String repository(int application) {
    return "load/app-" + application;
  }

  private static String secret(int application) {
    return "secret-of-application-" + application;
  }

  // ---- the senders

  private static void push(URI url, Duration time, int perSecond, int atOnce)
      throws InterruptedException {
    var pushes = new Sequence();
    send(pushes, url, Duration.ofSeconds(10), perSecond, atOnce).print("warm-up ");
    send(pushes, url, time, perSecond, atOnce).print("measured");
  }

  /** The next push of each application goes on from its last. */
  private static final class Sequence {
    private final long start = System.currentTimeMillis() << 20;
    private final AtomicLong next = new AtomicLong();
    private final Map<Integer, HmacSha256> secrets = new HashMap<>();

    Sequence() {
      for (var i = 0; i < APPLICATIONS; i++) {
        secrets.put(i, new HmacSha256(secret(i)));
      }
    }

    HttpRequest request(URI url) {
      var number = next.getAndIncrement();
      var application = (int) (number % APPLICATIONS);
      var body =
          body(
                  repository(application),
                  "%040x".formatted(start + number - APPLICATIONS),
                  "%040x".formatted(start + number))
              .getBytes(StandardCharsets.UTF_8);
      var secret = java.util.Objects.requireNonNull(secrets.get(application));
      return HttpRequest.newBuilder(url)
          .header("Content-Type", "application/json")
          .header("X-GitHub-Event", "push")
          .header("X-GitHub-Delivery", "load-" + start + "-" + number)
          .header(
              "X-Hub-Signature-256",
              "sha256=" + java.util.HexFormat.of().formatHex(secret.sign(body)))
          .POST(HttpRequest.BodyPublishers.ofByteArray(body))
          .build();
    }

    /** A repository has some forty addresses of its own in GitHub's bodies. */
    private static String body(String repository, String before, String after) {
      var filler = new StringBuilder();
      for (var i = 0; i < 40; i++) {
        filler
            .append("\"address_")
            .append(i)
            .append("_url\": \"https://api.github.com/repos/")
            .append(repository)
            .append("/some/resource/of/it{/sha}\", ");
      }
      return Pushes.body(repository, before, after).replace("\"node_id\"", filler + "\"node_id\"");
    }
  }

  private static final class Result {
    private final long[] nanos;
    private final int failures;
    private final Duration took;

    Result(long[] nanos, int failures, Duration took) {
      this.nanos = nanos;
      this.failures = failures;
      this.took = took;
      Arrays.sort(nanos);
    }

    void print(String what) {
      System.out.printf(
          "%s %,d pushes in %.1f s: %,.0f a second; ms: p50 %.1f, p95 %.1f, p99 %.1f, max %.1f; refused or failed: %d%n",
          what,
          nanos.length,
          took.toMillis() / 1e3,
          nanos.length * 1e9 / took.toNanos(),
          at(0.50),
          at(0.95),
          at(0.99),
          at(1),
          failures);
    }

    private double at(double part) {
      return nanos.length == 0 ? 0 : nanos[(int) Math.ceil(part * nanos.length) - 1] / 1e6;
    }
  }

  /** With a rate, a push's time is counted from when it was due, not from when it was sent. */
  private static Result send(Sequence pushes, URI url, Duration time, int perSecond, int atOnce)
      throws InterruptedException {
    var places = new Semaphore(atOnce);
    var failures = new AtomicInteger();
    var count = new AtomicInteger();
    var nanos = new long[5_000_000];
    var start = System.nanoTime();
    var end = start + time.toNanos();
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0L; System.nanoTime() < end; i++) {
        var due = perSecond == 0 ? 0 : start + i * 1_000_000_000L / perSecond;
        if (due > 0) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        places.acquire();
        threads.execute(
            () -> {
              try {
                var request = pushes.request(url);
                var from = due > 0 ? due : System.nanoTime();
                var status =
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
                nanos[count.getAndIncrement()] = System.nanoTime() - from;
                if (status != 202) {
                  failures.incrementAndGet();
                }
              } catch (IOException e) {
                failures.incrementAndGet();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                places.release();
              }
            });
      }
    }
    return new Result(
        Arrays.copyOf(nanos, count.get()),
        failures.get(),
        Duration.ofNanos(System.nanoTime() - start));
  }
}
