package io.aviary.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DockerConfigTest {

  private static ImageReference image(String registry) {
    return ImageReference.of(registry, "otomato/ornithology", "1");
  }

  @Test
  void findsTheEntryOfAHostInAllTheFormsThatDockerWrites() {
    var config =
        DockerConfig.parse(
            """
            {"auths": {
              "registry.example.com": {"auth": "YTpi"},
              "registry.example.com/team": {"auth": "Yzpk"},
              "https://10.40.0.1:5000/v2/": {"username": "e", "password": "f"},
              "https://index.docker.io/v1/": {"auth": "Zzpo"},
              "empty.example.com": {}}}
            """);

    assertThat(config.authorization(image("registry.example.com"))).contains("Basic YTpi");
    assertThat(config.authorization(image("registry.example.com/team"))).contains("Basic Yzpk");
    assertThat(config.authorization(image("registry.example.com/teams"))).contains("Basic YTpi");
    assertThat(config.authorization(image("10.40.0.1:5000"))).contains("Basic ZTpm");
    assertThat(config.authorization(image("docker.io"))).contains("Basic Zzpo");
    assertThat(config.authorization(image("empty.example.com"))).isEmpty();
    assertThat(config.authorization(image("registry.example.com.evil.org"))).isEmpty();
  }

  @Test
  void quotesNothingOfAnUnreadableDocument() {
    assertThatThrownBy(() -> DockerConfig.parse("{\"auths\": s3cret"))
        .hasMessage("it is not JSON")
        .hasNoCause();
    assertThatThrownBy(() -> DockerConfig.parse("{\"auths\": {\"a\": {\"auth\": \"s3c\\nret\"}}}"))
        .hasMessageNotContaining("s3c");
  }
}
