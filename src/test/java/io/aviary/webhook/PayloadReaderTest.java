package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadReaderTest {

  private static final String REPOSITORY = "\"repository\": {\"full_name\": \"otomato/birds\"}";
  private static final String COMMIT = "a".repeat(40);

  @Test
  void whatGitHubSends() throws MalformedPayloadException {
    var before = Pushes.commit();
    var after = Pushes.commit();

    var payload =
        read(
            Pushes.body(
                "otomato/birds", "refs/heads/master", before, after, "Sing\\n\\nlouder", true),
            "push");

    assertThat(payload)
        .isEqualTo(
            new Payload(
                null,
                "otomato/birds",
                "wren",
                new Push(
                    "refs/heads/master", before, after, true, false, "Sing\n\nlouder", "Wren")));
  }

  @Test
  void aDeletedBranch() throws MalformedPayloadException {
    var body =
        Pushes.body(
            "otomato/birds", "refs/heads/master", Pushes.commit(), Push.NOTHING, null, false);

    assertThat(Objects.requireNonNull(read(body, "push").push()).deleted()).isTrue();
  }

  @Test
  void theLeastThatIsEnough() throws MalformedPayloadException {
    var push =
        Objects.requireNonNull(
            read(
                    "{\"ref\": \"refs/heads/x\", \"after\": \""
                        + COMMIT.toUpperCase(java.util.Locale.ROOT)
                        + "\", "
                        + REPOSITORY
                        + "}",
                    "push")
                .push());

    assertThat(push)
        .isEqualTo(new Push("refs/heads/x", Push.NOTHING, COMMIT, false, false, null, null));
  }

  @Test
  void otherEventsMayHaveAnythingElse() throws MalformedPayloadException {
    var payload =
        read(
            "{\"action\": \"opened\", \"ref\": null, \"after\": 5, \"head_commit\": [], "
                + REPOSITORY
                + "}",
            "pull_request");

    assertThat(payload).isEqualTo(new Payload("opened", "otomato/birds", null, null));
    assertThat(read("{\"zen\": \"Keep it logically awesome.\", \"repository\": null}", "ping"))
        .isEqualTo(new Payload(null, null, null, null));
  }

  @Test
  void textsThatNoDatabaseTakesAreMended() throws MalformedPayloadException {
    var body =
        Pushes.body(
            "otomato/birds",
            "refs/heads/master",
            COMMIT,
            "b".repeat(40),
            "nul \\u0000 half \\ud83d bird \\ud83d\\udc26",
            false);

    assertThat(Objects.requireNonNull(read(body, "push").push()).message())
        .isEqualTo("nul \uFFFD half \uFFFD bird \uD83D\uDC26");
  }

  @Test
  void largeParts() throws MalformedPayloadException {
    var body =
        "{\"commits\": [\""
            + "x".repeat(5_000_000)
            + "\"], \"ref\": \"refs/heads/x\", \"after\": \""
            + COMMIT
            + "\", "
            + REPOSITORY
            + ", \"head_commit\": {\"message\": \""
            + "m".repeat(1_000_000)
            + "\"}}";

    assertThat(Objects.requireNonNull(read(body, "push").push()).message()).hasSize(64 * 1024);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "5",
        "\"push\"",
        "{",
        "{}",
        "}",
        "{\"ref\"",
        "{\"ref\": }",
        "not json",
        "<xml/>",
        "\u0000\u0001\u0002",
        "{\"a\": NaN}",
        "{'ref': 'x'}",
        "{\"a\": \"\\x\"}",
      })
  void notAnObject(String body) {
    assertThatThrownBy(() -> read(body, "push")).isInstanceOf(MalformedPayloadException.class);
  }

  @Test
  void brokenBytes() {
    for (var bytes :
        new byte[][] {
          {(byte) 0xC3, 0x28},
          {(byte) 0xFF, (byte) 0xFE},
          {'{', '"', (byte) 0xC3, '"', ':', '1', '}'},
          {'{', '"', 'a', '"', ':', '"', (byte) 0xF0, (byte) 0x28, (byte) 0x8C, '"', '}'},
        }) {
      assertThatThrownBy(() -> PayloadReader.read(bytes, "push"))
          .isInstanceOf(MalformedPayloadException.class);
    }
  }

  @Test
  void deepNesting() {
    var body = "{\"a\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}";

    assertThatThrownBy(() -> read(body, "push")).isInstanceOf(MalformedPayloadException.class);
  }

  @Test
  void somethingBehind() {
    var good = Pushes.body("otomato/birds", COMMIT, "b".repeat(40));

    assertThatThrownBy(() -> read(good + "{}", "push"))
        .isInstanceOf(MalformedPayloadException.class)
        .hasMessageContaining("follows");
  }

  /** Each replaces the part of the same name in a good push. */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "ref | null | 'ref' must be a text",
        "ref | 5 | 'ref' must be a text",
        "ref | {} | 'ref' must be a text",
        "ref | [\"refs/heads/master\"] | 'ref' must be a text",
        "ref | \"master\" | 'ref' must begin with refs/",
        "ref | \"\" | 'ref' must begin with refs/",
        "before | null | 'before' must be a text",
        "before | 17 | 'before' must be a text",
        "after | null | 'after' must be a text",
        "after | false | 'after' must be a text",
        "after | \"abc\" | 'after' must be 40 hex digits",
        "after | \"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\" | 'after' must be 40 hex digits",
        "forced | null | 'forced' must be true or false",
        "forced | \"true\" | 'forced' must be true or false",
        "deleted | 1 | 'deleted' must be true or false",
        "repository | null | 'repository.full_name' is missing",
        "repository | {} | 'repository.full_name' is missing",
        "repository | [] | 'repository' must be an object",
        "repository | \"otomato/birds\" | 'repository' must be an object",
        "repository | {\"full_name\": null} | 'repository.full_name' is missing",
        "repository | {\"full_name\": 5} | 'repository.full_name' must be a text",
        "repository | {\"full_name\": {}} | 'repository.full_name' must be a text",
        "head_commit | 5 | 'head_commit' must be an object",
        "head_commit | [] | 'head_commit' must be an object",
        "head_commit | {\"message\": 5} | 'head_commit.message' must be a text",
        "head_commit | {\"message\": {\"a\": 1}} | 'head_commit.message' must be a text",
        "head_commit | {\"author\": \"wren\"} | 'head_commit.author' must be an object",
        "head_commit | {\"author\": {\"name\": []}} | 'head_commit.author.name' must be a text",
        "sender | 5 | 'sender' must be an object",
        "sender | {\"login\": 5} | 'sender.login' must be a text",
        "pusher | true | 'pusher' must be an object",
        "action | 5 | 'action' must be a text",
      })
  void oddParts(String name, String value, String message) {
    assertThatThrownBy(() -> read(pushWith(name, value), "push"))
        .isInstanceOf(MalformedPayloadException.class)
        .hasMessage(message);
  }

  @Test
  void nullsThatGitHubSends() throws MalformedPayloadException {
    for (var name : new String[] {"head_commit", "sender", "pusher", "action"}) {
      assertThat(read(pushWith(name, "null"), "push").push()).isNotNull();
    }
    assertThat(read(pushWith("head_commit", "{\"message\": null, \"author\": null}"), "push"))
        .isNotNull();
  }

  @Test
  void whatIsThereTwiceIsRefused() {
    var twice =
        pushWith("action", "null").replaceFirst("\\{", "{\"after\": \"" + "c".repeat(40) + "\", ");

    assertThatThrownBy(() -> read(twice, "push"))
        .isInstanceOf(MalformedPayloadException.class)
        .hasMessage("'after' is there twice");
  }

  static String pushWith(String name, String value) {
    var parts = new java.util.LinkedHashMap<String, String>();
    parts.put("ref", "\"refs/heads/master\"");
    parts.put("before", "\"" + COMMIT + "\"");
    parts.put("after", "\"" + "b".repeat(40) + "\"");
    parts.put("repository", "{\"full_name\": \"otomato/birds\"}");
    parts.put(name, value);
    var body = new java.util.StringJoiner(", ", "{", "}");
    parts.forEach((key, part) -> body.add("\"" + key + "\": " + part));
    return body.toString();
  }

  private static Payload read(String body, String event) throws MalformedPayloadException {
    return PayloadReader.read(body.getBytes(StandardCharsets.UTF_8), event);
  }
}
