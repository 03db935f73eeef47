package io.aviary.release.engine;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The searched texts of several runs as one, which is searched at once. Case is left out of account
 * character by character: the same as the databases' {@code ILIKE}, or where they disagree (long s,
 * final sigma, a PostgreSQL without a language) a little more.
 */
final class SearchText {

  /** After the last text of a run. */
  private static final char END = '\u0001';

  /** After any other one. */
  private static final char BETWEEN = '\u0002';

  /** What these two are where a text contains them: characters that are none by definition. */
  private static final int NO_CHARACTER = '\uFDD0';

  private final StringBuilder all = new StringBuilder();

  void add(@Nullable String message, @Nullable String author, String revision) {
    append(message);
    all.append(BETWEEN);
    append(author);
    all.append(BETWEEN);
    append(revision);
    all.append(END);
  }

  private void append(@Nullable String text) {
    if (text != null) {
      text.codePoints().map(SearchText::folded).forEach(all::appendCodePoint);
    }
  }

  int length() {
    return all.length();
  }

  @Override
  public String toString() {
    return all.toString();
  }

  /** What somebody looks for as it would stand in such a text. */
  static String sought(String text) {
    var sought = new StringBuilder(text.length());
    text.codePoints().map(SearchText::folded).forEach(sought::appendCodePoint);
    return sought.toString();
  }

  private static int folded(int character) {
    return character == END || character == BETWEEN
        ? NO_CHARACTER + character
        : Character.toLowerCase(Character.toUpperCase(character));
  }

  /**
   * In which runs' texts something is.
   *
   * @param sought not empty, from {@link #sought}
   * @param found is told the places of these runs, from 0, in their order
   */
  static void find(String sought, String text, LongConsumer found) {
    var run = 0;
    var begin = 0;
    var end = text.indexOf(END);
    for (var hit = text.indexOf(sought); hit >= 0; hit = text.indexOf(sought, begin)) {
      while (end < hit) {
        run++;
        end = text.indexOf(END, end + 1);
      }
      found.accept(run);
      begin = end + 1;
    }
  }
}
