package io.aviary.images;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BuildFailureTest {

  private static BuildFailure of(String log) {
    var failure = new BuildFailure();
    log.lines().forEach(failure::add);
    return failure;
  }

  @Test
  void quotesTheLineOfTheDockerfile() {
    var failure =
        of(
            """
            #6 0.121 make: *** No rule to make target 'app'.  Stop.
            #6 ERROR: process "/bin/sh -c make app" did not complete successfully: exit code: 2
            ------
             > [2/2] RUN make app:
            0.121 make: *** No rule to make target 'app'.  Stop.
            ------
            Dockerfile:3
            --------------------
               1 |     FROM python:3.13-slim
               2 |
               3 | >>> RUN make app
            --------------------
            error: failed to solve: process "/bin/sh -c make app" did not complete successfully: exit code: 2
            """);

    assertThat(failure.cause())
        .isEqualTo(
            "process \"/bin/sh -c make app\" did not complete successfully: exit code: 2"
                + " (Dockerfile:3: RUN make app)");
    assertThat(failure.lastLines()).hasSize(13);
  }

  @Test
  void quotesGit() {
    assertThat(of("fetching x from y\nfatal: couldn't find remote ref x\n").cause())
        .isEqualTo("couldn't find remote ref x");
    assertThat(
            of("fatal: could not read Username for 'https://github.com': terminal prompts disabled")
                .cause())
        .startsWith("could not read Username")
        .endsWith("check aviary.github.token");
  }

  @Test
  void quotesTheLastWordsElse() {
    assertThat(of("one\nsh: buildctl-daemonless.sh: not found\n\n").cause())
        .isEqualTo("sh: buildctl-daemonless.sh: not found");
    assertThat(of("").cause()).isNull();
  }

  @Test
  void keepsTheEndOfALongLog() {
    var failure = new BuildFailure();
    for (var line = 0; line < 1000; line++) {
      failure.add("line " + line);
    }
    assertThat(failure.lastLines()).hasSize(30).endsWith("line 999");
  }
}
