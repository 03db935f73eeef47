package io.aviary.webhook;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads bodies of strangers: never more than GitHub sends, and only a few large ones at a time, so
 * that nobody can fill the memory without knowing a secret.
 */
final class RequestBody implements AutoCloseable {

  /** GitHub's own limit. */
  static final int MOST_BYTES = 25 * 1024 * 1024;

  /** Nearly every push is smaller. */
  private static final int LARGE = 256 * 1024;

  private static final long PATIENCE_SECONDS = 5;

  /** What came of reading. */
  sealed interface Read {
    record Whole(RequestBody body) implements Read {}

    record TooLarge() implements Read {}

    /** Too many large bodies are being read. */
    record Busy() implements Read {}
  }

  private final byte[] bytes;
  private final @Nullable Semaphore place;

  private RequestBody(byte[] bytes, @Nullable Semaphore place) {
    this.bytes = bytes;
    this.place = place;
  }

  byte[] bytes() {
    return bytes;
  }

  static Read read(HttpServletRequest request, Semaphore large) throws IOException {
    if (request.getContentLengthLong() > MOST_BYTES) {
      return new Read.TooLarge();
    }
    var in = request.getInputStream();
    var beginning = in.readNBytes(LARGE);
    if (beginning.length < LARGE) {
      return new Read.Whole(new RequestBody(beginning, null));
    }
    if (!acquire(large)) {
      return new Read.Busy();
    }
    var keep = false;
    try {
      var rest = in.readNBytes(MOST_BYTES - LARGE + 1);
      if (LARGE + rest.length > MOST_BYTES) {
        return new Read.TooLarge();
      }
      var whole = Arrays.copyOf(beginning, LARGE + rest.length);
      System.arraycopy(rest, 0, whole, LARGE, rest.length);
      keep = true;
      return new Read.Whole(new RequestBody(whole, large));
    } finally {
      if (!keep) {
        large.release();
      }
    }
  }

  private static boolean acquire(Semaphore large) {
    try {
      return large.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    if (place != null) {
      place.release();
    }
  }
}
