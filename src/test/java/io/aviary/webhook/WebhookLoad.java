package io.aviary.webhook;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.springframework.boot.SpringApplication;
import org.springframework.context.SmartLifecycle;

/**
 * How many signed pushes a second are accepted durably, and how long a sender waits. Each push is
 * another commit, of one of 1,000 applications in turn, in a body of the size of GitHub's.
 *
 * <pre>
 * serve PORT FOLDER engine|no-engine        a server on H2 in a file, its filters as they are delivered
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
    var context = SpringApplication.run(LoadServer.class, arguments.toArray(String[]::new));
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

  // ---- the sender

  private static void push(URI url, Duration time, int perSecond, int atOnce) throws IOException {
    var targets =
        IntStream.range(0, APPLICATIONS)
            .mapToObj(i -> new PushSender.Target(repository(i), secret(i)))
            .toList();
    try (var sender = new PushSender(url, atOnce, targets)) {
      System.out.println("warm-up  " + sender.send(Duration.ofSeconds(10), perSecond));
      System.out.println("measured " + sender.send(time, perSecond));
    }
  }
}
