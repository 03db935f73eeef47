package io.aviary.tryout;

import ch.qos.logback.classic.Level;
import io.aviary.Aviary;
import io.aviary.endtoend.Backend;
import io.aviary.endtoend.K3sBackend;
import io.aviary.endtoend.RealBackend;
import io.aviary.endtoend.SimulatedBackend;
import io.aviary.simulation.ExampleCommits;
import io.aviary.simulation.ExampleCommits.Change;
import io.aviary.simulation.Pace;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import io.aviary.web.ui.Welcome;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;

/**
 * Starts the server with a database in a temporary folder, a local GitHub with the example
 * application, and the best cluster that is to be had: the one that {@code TEST_KUBECONFIG} names,
 * else k3s in Docker, else a simulated one.
 */
@SpringBootApplication
public class TryAviary {

  private static final String REPOSITORY = "otomato/ornithology";
  private static final String NAMESPACE = "otom8";
  private static final String SECRET = "only-for-a-first-look";

  public static void main(String[] arguments) throws IOException {
    var folder = Files.createTempDirectory("aviary-try-out");
    System.out.println("Looking for a cluster to try Aviary on …");
    // That there is no Docker is said on the start page, and is no error.
    ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger("org.testcontainers"))
        .setLevel(Level.OFF);
    var backend = backend(folder);
    var port = System.getProperty("server.port", "8080");
    var url = "http://localhost:" + port;
    createNamespace(backend);
    // The branch is there when the server looks for pushes that it missed.
    var _ = backend.hub().push(REPOSITORY, Map.of("README.md", "Birds\n"), "Before Aviary");
    var push = new Push(backend);
    var properties =
        List.of(
            "--server.port=" + port,
            "--spring.datasource.url=jdbc:h2:file:" + folder.resolve("aviary") + ";WRITE_DELAY=0",
            "--aviary.url=" + url,
            "--aviary.kubeconfig=" + backend.kubeconfig(),
            "--aviary.build.registry=" + backend.registry(),
            "--aviary.build.insecure-registry=true",
            "--aviary.github.api-url=" + backend.hub().apiUrl(),
            "--aviary.security.try-out=true",
            "--" + Buttons.SWITCH + "=true",
            "--aviary.applications[0].name=ornithology",
            "--aviary.applications[0].repository=" + REPOSITORY,
            "--aviary.applications[0].clone-url=" + backend.hub().cloneUrl(REPOSITORY),
            "--aviary.applications[0].namespace=" + NAMESPACE,
            "--aviary.applications[0].webhook-secrets[0]=" + SECRET);
    var all = new ArrayList<>(properties);
    all.addAll(List.of(arguments));
    new SpringApplicationBuilder(Aviary.class)
        .initializers(
            (ApplicationContextInitializer<GenericApplicationContext>)
                context -> {
                  context.registerBean(Welcome.class, () -> welcome(backend));
                  context.registerBean(Push.class, () -> push);
                })
        .run(all.toArray(String[]::new));
    backend.hub().hook(REPOSITORY, "http://127.0.0.1:" + port + "/webhooks/github", SECRET);
    System.out.printf(
        "%n  Aviary is at %s, on %s.%n  Push a good and a bad commit with the buttons there.%n%n",
        url, backend.words());
    Runtime.getRuntime().addShutdownHook(new Thread(backend::close));
  }

  private static Backend backend(Path folder) {
    return RealBackend.find()
        .<Backend>map(found -> found)
        .or(() -> K3sBackend.find(folder))
        .orElseGet(() -> SimulatedBackend.start(folder, Pace.WATCHABLE));
  }

  private static void createNamespace(Backend backend) {
    var namespaces = backend.client().namespaces();
    if (namespaces.withName(NAMESPACE).get() == null) {
      var _ =
          namespaces
              .resource(
                  new NamespaceBuilder()
                      .withNewMetadata()
                      .withName(NAMESPACE)
                      .endMetadata()
                      .build())
              .create();
    }
  }

  private static Welcome welcome(Backend backend) {
    return new Welcome(
        List.of(
            "This Aviary runs on "
                + backend.words()
                + ". The repository "
                + REPOSITORY
                + " is a local one; a push to it comes in by the signed webhook, as GitHub sends it.",
            "The first good commit goes to production without a share of traffic, because there is none yet; each later one gets"
                + " 10 % of it first."),
        List.of(
            new Welcome.Action("Push a good commit", "/try/good"),
            new Welcome.Action("Push one that loses birds (gate 1)", "/try/bird-is-lost"),
            new Welcome.Action(
                "Push one that answers with errors (gate 2)", "/try/version-fails")));
  }

  /** Commits that differ, so that each is a release of its own. */
  static final class Push {
    private static final Map<String, List<Change>> KINDS =
        Map.of(
            "good", List.of(),
            "bird-is-lost", List.of(Change.BIRD_IS_LOST),
            "version-fails", List.of(Change.VERSION_FAILS));
    private final Backend backend;
    private final AtomicInteger number = new AtomicInteger();

    Push(Backend backend) {
      this.backend = backend;
    }

    void push(String kind) {
      var changes = new ArrayList<>(List.of(Change.QUICK_WARM_UP));
      changes.addAll(KINDS.getOrDefault(kind, List.of()));
      var count = number.incrementAndGet();
      var commit =
          ExampleCommits.with(changes.toArray(Change[]::new)).numbered(Integer.toString(count));
      var _ =
          backend
              .hub()
              .push(REPOSITORY, commit.files(), "Try-out " + count + ": " + kind.replace('-', ' '));
    }
  }

  /** What the buttons of the start page post to; no part of servers that tests start. */
  @Controller
  @ConditionalOnProperty(Buttons.SWITCH)
  static class Buttons {
    static final String SWITCH = "try-out.buttons";
    private final Push push;

    Buttons(Push push) {
      this.push = push;
    }

    @PostMapping("/try/{kind}")
    @Needs(Right.TRIGGER)
    String push(@PathVariable String kind) {
      push.push(kind);
      return "redirect:/runs";
    }
  }
}
