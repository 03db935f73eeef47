package io.aviary.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloneUrlTest {

  private static String header(String pair) {
    return "Authorization: Basic "
        + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void sendsTheTokenToTheOriginOfTheRepository() {
    assertThat(CloneUrl.of("https://github.com/otomato/ornithology.git", "t0ken"))
        .isEqualTo(
            new CloneUrl(
                "https://github.com/otomato/ornithology.git",
                "https://github.com",
                header("x-access-token:t0ken")));
  }

  @Test
  void movesCredentialsOutOfTheAddress() {
    assertThat(CloneUrl.of("http://me:p%40ss+@10.40.0.1:8003/a/b.git", "t0ken"))
        .isEqualTo(
            new CloneUrl(
                "http://10.40.0.1:8003/a/b.git", "http://10.40.0.1:8003", header("me:p@ss+")));
  }

  @Test
  void sendsNothingWithoutATokenOrOverOtherProtocols() {
    assertThat(CloneUrl.of("https://github.com/a/b.git", null).header()).isNull();
    for (var url : List.of("git://10.40.0.1/a/b.git", "git@github.com:a/b.git")) {
      assertThat(CloneUrl.of(url, "t0ken")).isEqualTo(new CloneUrl(url, null, null));
    }
  }

  @Test
  void showsNoCredentials() {
    assertThat(CloneUrl.of("https://me:pass@github.com/a/b.git", "t0ken"))
        .hasToString("https://github.com/a/b.git");
  }
}
