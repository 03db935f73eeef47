package io.aviary.release.masking;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskingTest {

  private static final String SECRET = "s3cr&t+Pä ss/wörd=~";
  private final Masking masking = new Masking(List.of(SECRET));

  @Test
  void whatIsNoSecretStays() {
    assertThat(masking.mask("nothing to see here")).isEqualTo("nothing to see here");
    assertThat(new Masking(List.of()).mask("anything")).isEqualTo("anything");
    assertThat(masking.mask("")).isEmpty();
  }

  @Test
  void aSecretIsReplacedWhereverItStands() {
    assertThat(masking.mask(SECRET + " and " + SECRET + SECRET))
        .isEqualTo("*** and " + "***" + "***");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void base64IsKnownWhateverStandsAroundIt(int before) {
    for (var encoder :
        List.of(
            Base64.getEncoder(), Base64.getUrlEncoder(), Base64.getUrlEncoder().withoutPadding())) {
      for (var after = 0; after < 4; after++) {
        var whole = "x".repeat(before) + SECRET + "y".repeat(after);
        var encoded = encoder.encodeToString(whole.getBytes(StandardCharsets.UTF_8));

        var masked = masking.mask(encoded);

        assertThat(masked).contains("***");
        // At most a neighbour's bits are left of it.
        assertThat(masked.replace("***", "").replace("=", "").length())
            .isLessThanOrEqualTo((before + after) * 8 / 6 + 3);
      }
    }
  }

  @Test
  void wrappedBase64IsKnownLineByLine() {
    var key = new StringBuilder();
    new Random(7).ints(200, 33, 126).forEach(c -> key.append((char) c));
    var known = new Masking(List.of(key.toString()));

    var printed =
        Base64.getMimeEncoder().encodeToString(key.toString().getBytes(StandardCharsets.UTF_8));

    assertThat(known.mask(printed).replaceAll("\\s", "").replace("***", "")).isEmpty();
  }

  @Test
  void urlEncodingIsKnownInEachOfItsManners() {
    var form = URLEncoder.encode(SECRET, StandardCharsets.UTF_8);
    var path = form.replace("+", "%20").replace("%7E", "~");

    assertThat(masking.mask("?k=" + form + "&a=b")).isEqualTo("?k=***&a=b");
    assertThat(masking.mask("/" + path + "/")).isEqualTo("/***/");
    assertThat(masking.mask("s3cr%26t%2bP%c3%a4+ss%2fw%c3%b6rd%3d%7e")).isEqualTo("***");
  }

  /** A test that printed it by Python's own quote() was shown in full. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3cr%26t%2BP%C3%A4%20ss/w%C3%B6rd%3D~", // Python's quote(), which leaves slashes
        "s3cr%26t%2BP%C3%A4+ss%2Fw%C3%B6rd%3D~", // Python's quote_plus()
        "s3cr%26t%2BP%C3%A4%20ss%2Fw%C3%B6rd%3D~", // curl --data-urlencode
        "s3cr&t+P%C3%A4%20ss/w%C3%B6rd=~", // encodeURI()
        "s3cr&t+P%C3%A4%20ss%2Fw%C3%B6rd=~", // Go's url.PathEscape
      })
  void urlEncodersThatLeaveOtherCharactersAreKnown(String printed) {
    assertThat(masking.mask(printed)).isEqualTo("***");
    var lowerCase =
        Pattern.compile("%..")
            .matcher(printed)
            .replaceAll(it -> it.group().toLowerCase(Locale.ROOT));
    assertThat(masking.mask(lowerCase)).isEqualTo("***");
  }

  @Test
  void jsonOfOtherLanguagesIsKnown() {
    assertThat(masking.mask("\"s3cr&t+P\\u00e4 ss/w\\u00f6rd=~\"")).isEqualTo("\"***\"");
    assertThat(masking.mask("\"s3cr&t+Pä ss\\/wörd=~\"")).isEqualTo("\"***\"");
    assertThat(masking.mask("\"s3cr\\u0026t+Pä ss/wörd=~\"")).isEqualTo("\"***\"");
  }

  @Test
  void aSecretInJsonIsKnown() {
    var quoted = new Masking(List.of("a\"quoted\\one\ttab"));

    assertThat(quoted.mask("{\"v\":\"a\\\"quoted\\\\one\\ttab\"}")).isEqualTo("{\"v\":\"***\"}");
  }

  @Test
  void eachLineOfASecretIsOneSaveFrames() {
    var pem =
        """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASC
        BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj
        -----END PRIVATE KEY-----
        """;
    var known = new Masking(List.of(pem));

    assertThat(known.mask("key:\n" + pem)).isEqualTo("key:\n***\n");
    assertThat(
            known.mask("12:00 -----BEGIN PRIVATE KEY-----\n12:00 MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"))
        .isEqualTo("12:00 -----BEGIN PRIVATE KEY-----\n12:00 ***");
  }

  @Test
  void secretsThatOverlapAreBothHidden() {
    var two = new Masking(List.of("abcdefgh", "efghijkl", "abcdefghijklmnop"));

    assertThat(two.mask("-abcdefghijkl-")).isEqualTo("-***-");
    assertThat(two.mask("-abcdefghijklmnop-")).isEqualTo("-***-");
  }

  /** However a text is cut, what is told of it is what would be told of the whole. */
  @Test
  void cutsDoNotMatter() {
    var random = new Random(1);
    for (var round = 0; round < 2000; round++) {
      var secrets =
          IntStream.range(0, 3).mapToObj(i -> letters(random, 6 + random.nextInt(6))).toList();
      var known = new Masking(secrets);
      var text = new StringBuilder(letters(random, random.nextInt(30)));
      secrets.forEach(
          it ->
              text.append(it, 0, random.nextInt(it.length() + 1))
                  .append(it)
                  .append(letters(random, random.nextInt(5))));
      var told = new StringBuilder();
      var held = "";
      for (var at = 0; at < text.length(); ) {
        var to = Math.min(text.length(), at + 1 + random.nextInt(9));
        var open = known.maskOpen(held + text.substring(at, to));
        told.append(open.shown());
        held = open.held();
        at = to;
      }
      told.append(known.mask(held));

      assertThat(told.toString())
          .as("%s in %s", secrets, text)
          .isEqualTo(known.mask(text.toString()));
      assertThat(secrets).noneMatch(it -> told.indexOf(it) >= 0);
    }
  }

  /** Of two letters, so that beginnings and overlaps are frequent. */
  private static String letters(Random random, int length) {
    return random
        .ints(length, 'a', 'c')
        .collect(StringBuilder::new, (s, c) -> s.append((char) c), StringBuilder::append)
        .toString();
  }

  @Test
  void shortWordsAreNoSecrets() {
    assertThat(new Masking(List.of("true", "admin", "")).mask("true admin"))
        .isEqualTo("true admin");
  }

  @Test
  void learntLaterIsMaskedFromThenOn() {
    assertThat(masking.mask("later-on")).isEqualTo("later-on");

    masking.learn(List.of("later-on"));

    assertThat(masking.mask("later-on")).isEqualTo("***");
  }

  @Test
  void textsInsideOfDataAreMaskedAndNumbersStay() {
    var numbers = new Masking(List.of("123456"));

    assertThat(numbers.maskIn(Map.of("a", List.of("id 123456", 123456, true))))
        .isEqualTo(Map.of("a", List.of("id ***", 123456, true)));
  }

  @Test
  void namesTellSecretsFromTheirWhereabouts() {
    assertThat(
            List.of("password", "github.token", "webhook-secrets", "private-key", "apiKey", "auth"))
        .allMatch(Masking::isNameOfASecret);
    assertThat(List.of("registry-secret", "token-uri", "secretName", "private-key-file", "author"))
        .noneMatch(Masking::isNameOfASecret);
  }
}
