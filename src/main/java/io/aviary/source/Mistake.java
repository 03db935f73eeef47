package io.aviary.source;

/**
 * Something in a file of the repository (or in the server's configuration) that a person must mend.
 *
 * @param line from 1; 0: the file as a whole, or a place that has no lines
 * @param key where in the file, e.g. {@code canary.gates[1].test.image}; empty: all of it
 * @param sentence what is wrong, and what to do
 */
public record Mistake(String file, int line, String key, String sentence) {

  /** As it is shown: {@code aviary.yml:12: canary.gates[1].traffic: must be …}. */
  @Override
  public String toString() {
    return file
        + (line > 0 ? ":" + line : "")
        + ": "
        + (key.isEmpty() ? "" : key + ": ")
        + sentence;
  }
}
