package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.MockMvcPrint;

/**
 * Bodies that nobody would send: pushes with other types, cut, nested, doubled and with bytes that
 * are no text, most of them signed, so that they are read. Each is answered, none by a fault of the
 * server, and nothing of them stays in memory. {@code -Dfaults.webhooks} says how many.
 */
// Else the lines of every request are kept, to be printed if the test fails.
@AutoConfigureMockMvc(print = MockMvcPrint.NONE)
class WebhookFuzzTest extends WebhookTest {

  private static final long SEED = 20261125;
  private static final int ROUND = 1_000;
  private static final long MEBIBYTE = 1024L * 1024;

  private static final List<String> ODD =
      List.of(
          "null",
          "true",
          "-1",
          "1e400",
          "99999999999999999999999999",
          "0.1",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "[]",
          "{}",
          "[[[[[[[[[[]]]]]]]]]]",
          "\"refs/tags/v1\"",
          "\"refs/heads/../../x\"",
          "\"0000000000000000000000000000000000000000\"",
          "\"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\"",
          "{\"a\":{\"a\":{\"a\":null}}}");

  private static final List<String> EVENTS =
      List.of("push", "push", "push", "push", "push", "ping", "pull_request", "", "\u00e9", "a b");

  private final Random random = new Random(SEED);

  @Test
  void noBodyIsAFaultOfTheServersAndNoneIsKeptInMemory() {
    var bodies = Integer.getInteger("faults.webhooks", 2_000);
    var answers = new TreeMap<Integer, Integer>();
    round(ROUND, answers);
    var before = used();
    for (var left = bodies - ROUND; left > 0; left -= ROUND) {
      freshStart();
      round(Math.min(ROUND, left), answers);
    }
    freshStart();
    var grown = (used() - before) / MEBIBYTE;

    System.out.println(
        bodies
            + " bodies, seed "
            + SEED
            + ", answered "
            + answers
            + "; memory grew by "
            + grown
            + " MiB");
    assertThat(answers.keySet()).as("status codes").allMatch(status -> status < 500);
    assertThat(answers).as("some got in, some did not").containsKeys(202, 400, 401);
    assertThat(grown).as("MiB that are in use for longer").isLessThan(64);
  }

  private void round(int bodies, Map<Integer, Integer> answers) {
    for (var i = 0; i < bodies; i++) {
      var body = body();
      var status = send(signature(body), event(), id(), body).status();
      answers.merge(status, 1, Integer::sum);
    }
  }

  private byte[] body() {
    var text =
        Pushes.body(
            random.nextInt(10) == 0 ? "otomato/nobody" : "otomato/birds",
            "a".repeat(40),
            String.format("%040x", random.nextInt(1_000_000)));
    for (var changes = random.nextInt(4); changes > 0; changes--) {
      text = change(text);
    }
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return switch (random.nextInt(12)) {
      case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      case 1 -> noise(random.nextInt(2_000));
      case 2 -> flipped(bytes);
      default -> bytes;
    };
  }

  private String change(String text) {
    return switch (random.nextInt(5)) {
      case 0, 1 -> replaceValue(text);
      case 2 -> text.replaceFirst("\\{", "{\"ref\": " + odd() + ", ");
      case 3 -> text.replaceFirst("\"commits\": \\[", "\"commits\": [" + odd() + ", ");
      default -> "[".repeat(random.nextInt(3) == 0 ? 5_000 : 0) + text;
    };
  }

  /** Another value behind some colon, of any type. */
  private String replaceValue(String text) {
    var from = text.indexOf(": ", random.nextInt(Math.max(1, text.length() - 1)));
    if (from < 0) {
      return text;
    }
    var to = from + 2;
    while (to < text.length() && ",}]\n".indexOf(text.charAt(to)) < 0) {
      to++;
    }
    return text.substring(0, from + 2) + odd() + text.substring(to);
  }

  private String odd() {
    return random.nextInt(50) == 0
        ? "\"" + "x".repeat(random.nextInt(200_000)) + "\""
        : ODD.get(random.nextInt(ODD.size()));
  }

  private byte[] noise(int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] flipped(byte[] bytes) {
    for (var i = random.nextInt(8); i >= 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  private @Nullable String signature(byte[] body) {
    return switch (random.nextInt(20)) {
      case 0 -> null;
      case 1 -> "sha256=" + "0".repeat(random.nextInt(130));
      case 2 -> "sha1=" + "0".repeat(40);
      default -> Pushes.sign(body, "current");
    };
  }

  private @Nullable String event() {
    return random.nextInt(20) == 0 ? null : EVENTS.get(random.nextInt(EVENTS.size()));
  }

  private @Nullable String id() {
    return switch (random.nextInt(20)) {
      case 0 -> null;
      case 1 -> "x".repeat(random.nextInt(400));
      case 2 -> "the same";
      default -> Pushes.id();
    };
  }

  private static long used() {
    System.gc();
    var memory = Runtime.getRuntime();
    return memory.totalMemory() - memory.freeMemory();
  }
}
