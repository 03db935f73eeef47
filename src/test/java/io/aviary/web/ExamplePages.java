package io.aviary.web;

import io.aviary.release.Actor;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.audit.Audit;
import io.aviary.release.audit.AuditEntry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.ApplicationContext;

/** The pages of a server that has something to show on each of them. */
public final class ExamplePages {

  private static final String ACCEPTED = "a73d6ee2-c9aa-11f0-8de9-0242ac120002";

  private ExamplePages() {}

  /**
   * Makes something up for each page.
   *
   * @return addresses by name
   */
  public static Map<String, String> of(ApplicationContext server) {
    var examples = new ExampleRuns(server.getBean(Stories.class));
    examples.failed();
    examples.superseded();
    examples.good();
    var run = examples.rolledBack().id();
    examples.waiting();
    var running = examples.running();
    measured(server.getBean(FakeMeasurements.class), run, Instant.now().minusSeconds(3090));
    var deliveries = server.getBean(FakeDeliveries.class);
    deliveries.add(
        "1b2f9c00-c9aa-11f0-8de9-0242ac120002",
        Verdict.IGNORED,
        "the branch feature/x is not released",
        null);
    deliveries.add(ACCEPTED, Verdict.ACCEPTED, "a new head of master", running.id());
    deliveries.add(
        "a73d6ee3-c9aa-11f0-8de9-0242ac120002",
        Verdict.DUPLICATE,
        "77c01de is the newest head of master already",
        running.id());
    decided(server.getBean(Audit.class));
    return addresses(run, ACCEPTED);
  }

  static void measured(FakeMeasurements measurements, long run, Instant since) {
    measurements.set(
        run,
        List.of(
            FakeMeasurements.latency("verifyCanaryInProd", since, 32),
            FakeMeasurements.errors("verifyCanaryInProd", since, 32)));
  }

  static void decided(Audit audit) {
    audit.add(
        AuditEntry.Kind.DECISION,
        new Actor("wren", "192.0.2.7"),
        "cancel",
        "run 7",
        "ornithology",
        "too many errors");
  }

  /** What a person who has signed in can open. */
  static Map<String, String> addresses(long run, String delivery) {
    var pages = new LinkedHashMap<String, String>();
    pages.put("applications", "/");
    pages.put("application", "/applications/ornithology");
    pages.put("proposal", "/applications/ornithology/proposal");
    pages.put("runs", "/runs");
    pages.put("run", "/runs/" + run);
    pages.put("log", "/runs/" + run + "/steps/verifyCanaryInProd/log");
    pages.put("deliveries", "/deliveries");
    pages.put("delivery", "/deliveries/" + delivery);
    pages.put("audit", "/audit");
    pages.put("tokens", "/tokens");
    pages.put("system", "/system");
    return pages;
  }
}
