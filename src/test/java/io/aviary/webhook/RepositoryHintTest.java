package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RepositoryHintTest {

  @Test
  void findsTheNameAsGitHubWritesIt() {
    assertThat(find("{\"repository\":{\"full_name\":\"Otomato/Birds\"}}").known())
        .containsExactly("otomato/birds");
    assertThat(find("{\"full_name\" :\n\t\"otomato\\/birds\"").known())
        .containsExactly("otomato/birds");
  }

  @Test
  void otherNamesAreNoHintButNames() {
    var hints = find("{\"full_name\":\"other/birds\"}");

    assertThat(hints.known()).isEmpty();
    assertThat(hints.namesAny()).isTrue();
  }

  @Test
  void whatIsNoName() {
    for (var body :
        new String[] {
          "",
          "\"",
          "\"f",
          "\"full_name\"",
          "\"full_name\":",
          "\"full_name\":\"",
          "\"full_name\":5",
          "\"full_name\":\"\"",
          "\\\"full_name\\\":\\\"otomato/birds\\\"",
          "\"full_name\":\"" + "x".repeat(300) + "\"",
        }) {
      assertThat(find(body).known()).as(body).isEmpty();
    }
    assertThat(find("{\"zen\": \"Keep it logically awesome.\"}").namesAny()).isFalse();
  }

  @Test
  void onlySoManyAreTried() {
    var body = new StringBuilder();
    for (var i = 0; i < 100; i++) {
      body.append("{\"full_name\":\"a/").append(i).append("\"}");
    }

    var hints = RepositoryHint.find(bytes(body.toString()), any -> true, 8);

    assertThat(hints.known()).hasSize(8);
  }

  private static RepositoryHint.Hints find(String body) {
    return RepositoryHint.find(bytes(body), Set.of("otomato/birds")::contains, 8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
