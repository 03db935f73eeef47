package io.aviary.release;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes an {@code aviary.yml} of the two Codefresh pipelines of an application. */
public interface CodefreshImport {

  /**
   * Converts. Never throws for what is in the files: that is in the report.
   *
   * @param canary the text of the canary's pipeline
   * @param production the text of production's pipeline
   */
  Converted convert(String canary, String production);

  /**
   * What came of it.
   *
   * @param aviaryYml null: nothing could be made of the files
   * @param complete nothing was refused: the result does the same as the pipelines
   * @param report one for each key and command, in the order of the files
   */
  record Converted(@Nullable String aviaryYml, boolean complete, List<Entry> report) {
    public Converted {
      report = List.copyOf(report);
    }
  }

  /**
   * What became of a key or command.
   *
   * @param file {@code codefresh-canary.yml} or {@code codefresh-prod.yml}
   * @param line from 1; 0: the file as a whole
   * @param reason what it became, or why it could not be taken over and what to do instead
   */
  record Entry(String file, int line, String key, Verdict verdict, String reason) {}

  /** What becomes of a key. */
  enum Verdict {
    /** It means the same in {@code aviary.yml}, or Aviary does it by itself. */
    TAKEN_OVER,
    /** It is somewhere else now, or wants a look. */
    CHANGED,
    /** Aviary has nothing like it. */
    REFUSED
  }
}
