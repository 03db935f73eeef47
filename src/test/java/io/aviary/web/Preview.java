package io.aviary.web;

import io.aviary.release.DeliveryView.Verdict;
import org.springframework.boot.SpringApplication;

/** The pages with a few made-up runs, for whoever works on them: a main class. */
final class Preview {

  private Preview() {}

  public static void main(String[] arguments) {
    var application = new SpringApplication(TestServer.class);
    var context = application.run(arguments);
    var examples = new ExampleRuns(context.getBean(Stories.class));
    examples.failed();
    examples.superseded();
    examples.good();
    examples.rolledBack();
    examples.waiting();
    var running = examples.running();
    var deliveries = context.getBean(FakeDeliveries.class);
    deliveries.add(
        "1b2f9c00-c9aa-11f0-8de9-0242ac120002",
        Verdict.IGNORED,
        "the branch feature/x is not released",
        null);
    deliveries.add(
        "a73d6ee2-c9aa-11f0-8de9-0242ac120002",
        Verdict.ACCEPTED,
        "a new head of master",
        running.id());
    deliveries.add(
        "a73d6ee3-c9aa-11f0-8de9-0242ac120002",
        Verdict.DUPLICATE,
        "77c01de is the newest head of master already",
        running.id());
  }
}
