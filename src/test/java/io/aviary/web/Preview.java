package io.aviary.web;

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
    examples.running();
  }
}
