package io.aviary.faults;

import java.util.ArrayList;
import java.util.List;

/**
 * When the one server there is dies. Each boundary, a point before or after something that it did
 * can be seen outside of its process, is counted as it is passed; at one of them it dies, and from
 * then on nothing that it does reaches anything. Safe for use by many threads.
 */
final class Fate {

  /** What a thread of a dead server meets at its next step. No bean catches it. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1L;

    Death(String where) {
      super(where, null, false, false);
    }
  }

  private final List<String> passed = new ArrayList<>();
  private boolean counts;
  private int last;
  private String deadAt = "";

  /**
   * A server that lives from now on.
   *
   * @param boundary the number, from 1, of the boundary at which it dies; 0: none
   */
  synchronized void born(int boundary) {
    passed.clear();
    last = boundary;
    deadAt = "";
    counts = true;
  }

  /** It dies so many boundaries from now. */
  synchronized void dieWithin(int boundaries) {
    last = passed.size() + boundaries;
  }

  /** What happens from now on is no server's doing. */
  synchronized void rest() {
    passed.clear();
    counts = false;
    deadAt = "";
  }

  synchronized boolean isDead() {
    return !deadAt.isEmpty();
  }

  /** Boundaries of the server that lives or lived last. */
  synchronized List<String> passed() {
    return List.copyOf(passed);
  }

  synchronized void die(String where) {
    deadAt = where;
  }

  /** False: the server does not survive this boundary, or was dead before. */
  synchronized boolean survives(String boundary) {
    if (!counts) {
      return true;
    }
    if (isDead()) {
      return false;
    }
    passed.add(boundary);
    if (passed.size() == last) {
      deadAt = last + ": " + boundary;
    }
    return !isDead();
  }

  /** As {@link #survives}, for who calls from the server's own thread. */
  void pass(String boundary) {
    if (!survives(boundary)) {
      throw new Death(where());
    }
  }

  /** Throws where the server is dead. */
  void check() {
    if (isDead()) {
      throw new Death(where());
    }
  }

  synchronized String where() {
    return deadAt;
  }
}
