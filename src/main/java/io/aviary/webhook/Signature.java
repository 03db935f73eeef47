package io.aviary.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The value of {@code X-Hub-Signature-256}: HMAC-SHA256 over the raw body. */
final class Signature {

  private static final String ALGORITHM = "HmacSHA256";
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

  /** A secret, ready to be used by many threads. */
  static final class Secret {
    private final Mac prototype;

    Secret(String value) {
      try {
        prototype = Mac.getInstance(ALGORITHM);
        prototype.init(new SecretKeySpec(value.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this Java has no " + ALGORITHM, e);
      }
    }

    byte[] sign(byte[] body) {
      try {
        return ((Mac) prototype.clone()).doFinal(body);
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException("this Java's " + ALGORITHM + " cannot be cloned", e);
      }
    }
  }

  /** Takes the same time whether it matches or not. */
  boolean isOf(byte[] body, Secret secret) {
    return MessageDigest.isEqual(secret.sign(body), expected);
  }
}
