package io.aviary.release;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A shared secret that signs bodies of webhooks (RFC 2104). Safe for use by many threads. */
public final class HmacSha256 {

  private static final String ALGORITHM = "HmacSHA256";
  private final Mac prototype;

  public HmacSha256(String secret) {
    try {
      prototype = Mac.getInstance(ALGORITHM);
      prototype.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }

  public byte[] sign(byte[] body) {
    try {
      return ((Mac) prototype.clone()).doFinal(body);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("this Java's " + ALGORITHM + " cannot be cloned", e);
    }
  }

  /** As a header has it: {@code sha256=} and hexadecimal digits. */
  public String header(byte[] body) {
    return "sha256=" + HexFormat.of().formatHex(sign(body));
  }
}
