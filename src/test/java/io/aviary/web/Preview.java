package io.aviary.web;

import org.springframework.boot.SpringApplication;

/** The pages with a few made-up runs, for whoever works on them: a main class. */
final class Preview {

  private Preview() {}

  public static void main(String[] arguments) {
    var _ = ExamplePages.of(new SpringApplication(TestServer.class).run(arguments));
  }
}
