package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.HmacSha256;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureTest {

  private static final byte[] BODY = "Hello, World!".getBytes(StandardCharsets.UTF_8);
  private static final String DIGITS =
      "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

  /** GitHub's documentation has these values. */
  @Test
  void knownAnswer() {
    var signature = Signature.parse("sha256=" + DIGITS).orElseThrow();

    assertThat(signature.isOf(BODY, new HmacSha256("It's a Secret to Everybody"))).isTrue();
    assertThat(signature.isOf(BODY, new HmacSha256("It's a secret to everybody"))).isFalse();
    assertThat(signature.isOf(new byte[0], new HmacSha256("It's a Secret to Everybody"))).isFalse();
  }

  @Test
  void aSecretSignsAgainAndAgain() {
    var secret = new HmacSha256("It's a Secret to Everybody");

    assertThat(secret.sign(BODY)).isEqualTo(secret.sign(BODY));
    assertThat(Signature.parse("sha256=" + DIGITS).orElseThrow().isOf(BODY, secret)).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "sha256=",
        DIGITS,
        "sha1=" + DIGITS,
        "SHA256=" + DIGITS,
        "sha256=" + DIGITS + "00",
        "sha256=" + DIGITS + " ",
        "sha256=x57107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        "sha256=757107ea",
      })
  void otherForms(@Nullable String header) {
    assertThat(Signature.parse(header)).isEmpty();
  }
}
