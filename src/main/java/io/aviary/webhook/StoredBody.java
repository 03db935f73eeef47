package io.aviary.webhook;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A body as it is kept: compressed, and only if it is not too large then. */
final class StoredBody {

  /** Of a compressed body; H2 keeps no more than 1 MiB in a column. */
  static final int MOST_BYTES = 1_000_000;

  static final StoredBody NONE = new StoredBody(null, null);

  private final byte @Nullable [] gzip;
  private final @Nullable String note;

  StoredBody(byte @Nullable [] gzip, @Nullable String note) {
    this.gzip = gzip;
    this.note = note;
  }

  static StoredBody of(byte[] body) {
    var compressed = new ByteArrayOutputStream(Math.min(4096, body.length / 2 + 64));
    try (var out = new Fast(compressed)) {
      out.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.size() <= MOST_BYTES
        ? new StoredBody(compressed.toByteArray(), null)
        : new StoredBody(
            null,
            "the body was not stored: %,d bytes, of which %,d are left when compressed, and at most %,d are kept"
                .formatted(body.length, compressed.size(), MOST_BYTES));
  }

  /** Null: it was not stored. */
  byte @Nullable [] gzip() {
    return gzip;
  }

  /** Why it was not stored. */
  @Nullable String note() {
    return note;
  }

  /** As it came; empty: it was not stored. */
  Optional<byte[]> bytes() {
    if (gzip == null) {
      return Optional.empty();
    }
    try (var in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      return Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nobody waits for the few bytes that a better compression would save. */
  private static final class Fast extends GZIPOutputStream {
    Fast(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
