package io.aviary.source.kustomize;

/** Something in a file of the commit that a person must mend. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final int line;
  private final String key;
  private final String sentence;

  /**
   * @param line from 1; 0: the file as a whole
   * @param key where in the file; empty: all of it
   */
  public Refusal(String file, int line, String key, String sentence) {
    super(file + ": " + key + ": " + sentence, null, false, false);
    this.file = file;
    this.line = line;
    this.key = key;
    this.sentence = sentence;
  }

  public String file() {
    return file;
  }

  public int line() {
    return line;
  }

  public String key() {
    return key;
  }

  public String sentence() {
    return sentence;
  }
}
