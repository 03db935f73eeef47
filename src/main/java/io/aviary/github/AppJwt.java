package io.aviary.github;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.kohsuke.github.authorization.AuthorizationProvider;

/** Signs in as a GitHub App: a token that it signs itself, good for some minutes. */
final class AppJwt implements AuthorizationProvider {

  private static final Duration LIFE = Duration.ofMinutes(9);

  /** GitHub's clock may be behind. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  /** An RSA key's algorithm, and that it has no parameters, in DER. */
  private static final byte[] RSA = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  private final String app;
  private final PrivateKey key;
  private final InstantSource clock;
  private @Nullable String token;
  private Instant renewAt = Instant.MIN;

  /**
   * @throws IllegalStateException if the key cannot be read
   */
  AppJwt(String app, String pem, InstantSource clock) {
    this.app = app;
    this.key = key(pem);
    this.clock = clock;
  }

  @Override
  public synchronized String getEncodedAuthorization() {
    var now = clock.instant();
    if (token == null || !now.isBefore(renewAt)) {
      token = sign(now);
      renewAt = now.plus(LIFE).minus(SKEW);
    }
    return "Bearer " + token;
  }

  private String sign(Instant now) {
    var content =
        encoded("{\"alg\":\"RS256\",\"typ\":\"JWT\"}")
            + "."
            + encoded(
                "{\"iat\":"
                    + now.minus(SKEW).getEpochSecond()
                    + ",\"exp\":"
                    + now.plus(LIFE).getEpochSecond()
                    + ",\"iss\":\""
                    + app
                    + "\"}");
    try {
      var signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(content.getBytes(StandardCharsets.US_ASCII));
      return content
          + "."
          + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the GitHub App's key cannot sign", e);
    }
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static PrivateKey key(String pem) {
    try {
      var bytes = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
      var pkcs8 = pem.contains("BEGIN RSA PRIVATE KEY") ? wrapped(bytes) : bytes;
      return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "aviary.github.app.private-key is no RSA key in PEM: download one from the app's page",
          e);
    }
  }

  /** PKCS#8 around the PKCS#1 that GitHub hands out. */
  private static byte[] wrapped(byte[] pkcs1) {
    var inner = new ByteArrayOutputStream();
    inner.writeBytes(new byte[] {0x02, 0x01, 0x00});
    inner.writeBytes(RSA);
    inner.writeBytes(tagged(0x04, pkcs1));
    return tagged(0x30, inner.toByteArray());
  }

  private static byte[] tagged(int tag, byte[] content) {
    var out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 128) {
      out.write(content.length);
    } else {
      var bytes = (32 - Integer.numberOfLeadingZeros(content.length) + 7) / 8;
      out.write(0x80 | bytes);
      for (var i = bytes - 1; i >= 0; i--) {
        out.write(content.length >> (8 * i));
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
