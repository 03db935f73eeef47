package io.aviary.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The server dies before or after a write to the database or a call to cluster, registry or git,
 * and another one goes on: each story ends as if nothing had been.
 *
 * <p>The boundaries are those that the server passes, found while it passes them; nobody lists
 * them. All of them are taken with {@code ./mvnw -Pfaults verify}, otherwise every so many.
 */
class KillPointsTest {

  /** Takes each boundary whose number is the offset plus a multiple of this. */
  private static final int EVERY = Integer.getInteger("faults.every", 40);

  private static final int OFFSET = Integer.getInteger("faults.offset", (EVERY + 1) / 2);

  @TempDir static Path folder;
  private static Laboratory laboratory;

  @BeforeAll
  static void build() {
    System.out.printf(
        "one of %d boundaries; again with -Dfaults.every=%d -Dfaults.offset=%d%n",
        EVERY, EVERY, OFFSET);
    laboratory = new Laboratory(folder, "jdbc:h2:mem:killpoints", "supersede");
  }

  @AfterAll
  static void close() {
    laboratory.close();
  }

  static List<Story> stories() {
    return Story.all();
  }

  @ParameterizedTest
  @MethodSource("stories")
  void endsAsIfNothingHadBeen(Story story) {
    var begun = System.nanoTime();
    var undisturbed = story.tell(laboratory);
    assertThat(undisturbed.createdTwice()).isEmpty();
    var deaths = 0;
    var problems = new ArrayList<String>();
    for (var boundary = OFFSET; ; boundary += EVERY) {
      Story.Told told;
      try {
        told = story.tell(laboratory, boundary);
      } catch (AssertionError | RuntimeException e) {
        deaths++;
        tell(problems, "a server that died at " + boundary + ": " + e);
        continue;
      }
      if (told.deaths() == 0) {
        break;
      }
      deaths++;
      var differences = told.ending().differencesFrom(undisturbed.ending(), story.chance());
      if (!differences.isEmpty() || !told.createdTwice().isEmpty()) {
        tell(
            problems,
            "a server that died at %s%n  created twice: %s%n%s"
                .formatted(told.died(), told.createdTwice(), String.join("", differences)));
      }
    }
    System.out.printf(
        "%s: %d boundaries, %d deaths, %d ended otherwise, %d s%n",
        story,
        undisturbed.boundaries().size(),
        deaths,
        problems.size(),
        (System.nanoTime() - begun) / 1_000_000_000);
    assertThat(problems).as(story + ", undisturbed:\n" + undisturbed.ending()).isEmpty();
  }

  /** At once, because the rest takes long. */
  private static void tell(List<String> problems, String problem) {
    System.out.println(problem);
    problems.add(problem);
  }
}
