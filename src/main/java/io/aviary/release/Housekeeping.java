package io.aviary.release;

/**
 * Something that grows and is cleared away from time to time. Every bean of this type is asked in
 * turn, by one server of several at a time.
 */
public interface Housekeeping {

  /** What is cleared, in words: "runs". */
  String what();

  /**
   * Clears what is too old or no longer of use, in short transactions. May be called again at any
   * time, also after it died half-way.
   *
   * @return how many were removed
   */
  int clear();
}
