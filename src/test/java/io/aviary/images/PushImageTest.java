package io.aviary.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.release.AviaryProperties;
import io.aviary.release.step.Outcome;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PushImageTest {

  private static final String NAME = "otomato/ornithology";

  private final FakeRegistry registry = new FakeRegistry();
  private final FakeStep<PushedImage> step = new FakeStep<>(bean(), FakeStep.image(true));
  private final String digest = registry.put(NAME, "0123456", Map.of());

  @BeforeEach
  void built() {
    step.results.put(
        "buildAppImage",
        new BuiltImage(registry.host() + "/" + NAME + ":0123456", digest, false, null));
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private PushImage bean() {
    var properties =
        new AviaryProperties(
            URI.create("http://localhost:8080"),
            new AviaryProperties.GitHub(URI.create("https://api.github.example"), null),
            new AviaryProperties.Build(
                registry.host(), true, null, null, "moby/buildkit:v0.25.0", false),
            new AviaryProperties.Prometheus(null),
            new AviaryProperties.Security(List.of(), List.of()),
            List.of());
    return new PushImage(new Registries(properties, new FakeCluster()));
  }

  @Test
  void pinsWhatTheRegistryServes() {
    assertThat(step.call())
        .isInstanceOfSatisfying(
            Outcome.Done.class,
            done ->
                assertThat(done.data())
                    .isEqualTo(
                        new PushedImage(
                            registry.host() + "/" + NAME + "@" + digest, digest, "0123456")));
  }

  @Test
  void pinsItsOwnImageAlsoWhenTheTagNamesAnother() {
    var other = registry.put(NAME, "0123456", Map.of("built", "elsewhere"));

    assertThat(step.call())
        .isInstanceOfSatisfying(
            Outcome.Done.class,
            done -> {
              assertThat(done.data())
                  .isEqualTo(
                      new PushedImage(
                          registry.host() + "/" + NAME + "@" + digest, digest, "0123456"));
              assertThat(done.note()).contains(other);
            });
  }

  @Test
  void waitsAndThenFailsWhenTheTagIsGone() {
    registry.forget(NAME, "0123456");

    assertThat(step.call()).isInstanceOf(Outcome.Wait.class);
    assertThat(step.after(Duration.ofMinutes(2)).call())
        .isInstanceOfSatisfying(
            Outcome.Failed.class, failed -> assertThat(failed.reason()).contains("no tag"));
  }

  @Test
  void waitsAndThenFailsWhenTheManifestIsGone() {
    registry.forget(NAME, digest);

    assertThat(step.call()).isInstanceOf(Outcome.Wait.class);
    assertThat(step.after(Duration.ofMinutes(2)).call()).isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void waitsForATagThatIsNotThereYet() {
    registry.forget(NAME, "0123456");
    assertThat(step.call()).isInstanceOf(Outcome.Wait.class);

    registry.put(NAME, "0123456", Map.of());
    assertThat(step.call()).isInstanceOf(Outcome.Done.class);
  }

  @Test
  void isAFaultWhenTheRegistryIsAway() {
    registry.answers(500);

    assertThatThrownBy(step::call).isInstanceOf(RegistryException.class);
  }

  @Test
  void failsWithoutABuild() {
    step.results.clear();

    assertThat(step.call()).isInstanceOf(Outcome.Failed.class);
  }
}
