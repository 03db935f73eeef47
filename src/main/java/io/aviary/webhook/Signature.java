package io.aviary.webhook;

import io.aviary.release.HmacSha256;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The value of {@code X-Hub-Signature-256}: HMAC-SHA256 over the raw body. */
final class Signature {

  private static final String PREFIX = "sha256=";
  private static final int DIGITS = 64;

  private final byte[] expected;

  private Signature(byte[] expected) {
    this.expected = expected;
  }

  /** Empty: there is none, or it has another form. */
  static Optional<Signature> parse(@Nullable String header) {
    if (header == null
        || header.length() != PREFIX.length() + DIGITS
        || !header.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Signature(HexFormat.of().parseHex(header, PREFIX.length(), header.length())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Takes the same time whether it matches or not. */
  boolean isOf(byte[] body, HmacSha256 secret) {
    return MessageDigest.isEqual(secret.sign(body), expected);
  }
}
