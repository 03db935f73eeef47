package io.aviary.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryTest {

  private static final String BASIC =
      "Basic "
          + Base64.getEncoder().encodeToString("robot:s3cret".getBytes(StandardCharsets.UTF_8));

  private final FakeRegistry fake = new FakeRegistry();
  private final ImageReference image =
      ImageReference.of(fake.host() + "/team", "otomato/ornithology", "0123456");

  @AfterEach
  void close() {
    fake.close();
  }

  private Registry registry() {
    return new Registry(
        Registry.client(),
        true,
        () ->
            DockerConfig.parse(
                """
                {"auths": {"http://%s": {"username": "robot", "password": "s3cret"}}}
                """
                    .formatted(fake.host())));
  }

  private Registry registryWithoutCredentials() {
    return new Registry(Registry.client(), true, DockerConfig::empty);
  }

  @Test
  void tellsTheDigestThatATagNames() {
    assertThat(registry().digest(image)).isEmpty();

    var digest = fake.put("team/otomato/ornithology", "0123456", Map.of());

    assertThat(registry().digest(image)).contains(digest);
    assertThat(registry().serves(image, digest)).isTrue();
    assertThat(registry().serves(image, "sha256:" + "0".repeat(64))).isFalse();
  }

  @Test
  void readsTheLabelsOfAnImage() {
    assertThat(registry().served(image)).isEmpty();

    var digest = fake.put("team/otomato/ornithology", "0123456", Map.of("a", "b"));

    assertThat(registry().served(image)).contains(new Registry.Served(digest, Map.of("a", "b")));
  }

  @Test
  void readsTheLabelsOfTheImageAndNotOfTheAttestationInAnIndex() {
    var digest = fake.putIndex("team/otomato/ornithology", "0123456", Map.of("a", "b"));

    assertThat(registry().served(image)).contains(new Registry.Served(digest, Map.of("a", "b")));
  }

  @Test
  void sendsNoCredentialsUnasked() {
    fake.put("team/otomato/ornithology", "0123456", Map.of());

    registry().digest(image);

    assertThat(fake.requests)
        .containsExactly("HEAD /v2/team/otomato/ornithology/manifests/0123456");
  }

  @Test
  void answersABasicChallenge() {
    fake.wants(BASIC, "Basic realm=\"registry\"");
    var digest = fake.put("team/otomato/ornithology", "0123456", Map.of());

    assertThat(registry().digest(image)).contains(digest);
    assertThatThrownBy(() -> registryWithoutCredentials().digest(image))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("aviary.build.registry-secret");
  }

  @Test
  void answersABearerChallengeWithATokenFromTheNamedService() {
    fake.serveToken("t0ken");
    fake.wants(
        "Bearer t0ken",
        "Bearer realm=\"http://%s/token\",service=\"the registry\",scope=\"repository:x:pull\""
            .formatted(fake.host()));
    var digest = fake.put("team/otomato/ornithology", "0123456", Map.of());

    assertThat(registry().digest(image)).contains(digest);
    assertThat(fake.requests.get(1))
        .isEqualTo("GET /token?scope=repository%3Ax%3Apull&service=the+registry " + BASIC);

    assertThat(registryWithoutCredentials().digest(image)).contains(digest);
    assertThat(fake.requests.get(4)).startsWith("GET /token").doesNotContain("Basic");
  }

  @Test
  void sendsNothingToATokenServiceElsewhereThatIsNotHttps() {
    try (var other = new FakeRegistry()) {
      other.serveToken("t0ken");
      fake.wants("Bearer t0ken", "Bearer realm=\"http://%s/token\"".formatted(other.host()));

      assertThatThrownBy(() -> registry().digest(image))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("not https");
      assertThat(other.requests).isEmpty();
    }
  }

  @Test
  void followsARedirectWithTheCredentialsOnlyWithinTheRegistry() {
    fake.wants(BASIC, "Basic realm=\"registry\"");
    var digest = fake.put("team/otomato/ornithology", "0123456", Map.of("a", "b"));
    fake.redirectsBlobs(path -> path.replace("/v2/", "/elsewhere/"));

    assertThat(registry().served(image)).contains(new Registry.Served(digest, Map.of("a", "b")));
    assertThat(fake.requests.getLast()).startsWith("GET /elsewhere/").endsWith(BASIC);
  }

  @Test
  void followsNoRedirectToPlainHttpElsewhere() {
    fake.put("team/otomato/ornithology", "0123456", Map.of());
    try (var other = new FakeRegistry()) {
      fake.redirectsBlobs(path -> "http://" + other.host() + path);

      assertThatThrownBy(() -> registry().served(image))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("not https");
      assertThat(other.requests).isEmpty();
    }
  }

  @Test
  void followsNoCircle() {
    fake.put("team/otomato/ornithology", "0123456", Map.of());
    fake.redirectsBlobs(path -> path);

    assertThatThrownBy(() -> registry().served(image))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("redirected more than");
  }

  @Test
  void namesTheAddressAndTheWordsOfAnError() {
    fake.answers(503);

    assertThatThrownBy(() -> registry().digest(image))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(fake.host() + "/v2/team/otomato/ornithology/manifests/0123456")
        .hasMessageContaining("503");
    assertThatThrownBy(() -> registry().served(image)).hasMessageContaining("out of order");

    fake.answers(403);
    assertThatThrownBy(() -> registry().served(image))
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.isDenied()).isTrue());
  }

  @Test
  void saysThatNobodyAnswers() {
    fake.close();

    assertThatThrownBy(() -> registry().digest(image))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(fake.host())
        .hasMessageContaining("aviary.build.registry");
  }
}
