package io.aviary.ops;

import java.util.List;

/** The configuration has mistakes; the server does not start. Holds all of them. */
final class ConfigurationMistakesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // immutable lists of strings are
  private final List<String> mistakes;

  ConfigurationMistakesException(List<String> mistakes) {
    super(mistakes.size() + " mistakes in the configuration:\n- " + String.join("\n- ", mistakes));
    this.mistakes = List.copyOf(mistakes);
  }

  List<String> mistakes() {
    return mistakes;
  }
}
