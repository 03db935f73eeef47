package io.aviary.source;

import java.io.InterruptedIOException;
import java.time.Duration;
import org.eclipse.jgit.lib.EmptyProgressMonitor;

/** How long one question may take in all. */
final class Limit extends EmptyProgressMonitor {

  private final Duration limit;
  private final long start = System.nanoTime();

  Limit(Duration limit) {
    this.limit = limit;
  }

  Duration limit() {
    return limit;
  }

  boolean isOver() {
    return System.nanoTime() - start > limit.toNanos();
  }

  void check() throws InterruptedIOException {
    if (isOver()) {
      throw new InterruptedIOException("longer than " + limit.toSeconds() + " s in all");
    }
  }

  /** Asked by JGit between objects. */
  @Override
  public boolean isCancelled() {
    return isOver();
  }
}
