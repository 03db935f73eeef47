package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.masking.Masking;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlyConnectionsTest {

  @TempDir Path folder;

  @Test
  void eachClusterIsAskedOnceAlsoBehindOneThatDoesNotAnswer() throws IOException {
    try (var one = new FakeApiServer();
        var two = new FakeApiServer();
        var clusters =
            new Fabric8Clusters(() -> run -> {}, new Masking(List.of()), kubeconfig(one, two))) {
      new EarlyConnections(
              new Some(
                  List.of(
                      application("a", "gone"),
                      application("b", "unknown"),
                      application("c", null),
                      application("d", null),
                      application("e", "two"))),
              clusters)
          .connect();

      assertThat(one.requests()).containsExactly("GET /version");
      assertThat(two.requests()).containsExactly("GET /version");
    }
  }

  private Path kubeconfig(FakeApiServer one, FakeApiServer two) {
    return Kubeconfigs.write(
        folder,
        "one",
        new TreeMap<>(
            Map.of("one", one.address(), "two", two.address(), "gone", "http://127.0.0.1:1")));
  }

  private static ApplicationProperties application(String name, @Nullable String context) {
    return new ApplicationProperties(
        name,
        "otomato/" + name,
        null,
        "master",
        context,
        name,
        List.of("s"),
        ApplicationProperties.NewerCommit.SUPERSEDE,
        List.of(),
        List.of(),
        Map.of());
  }

  private record Some(List<ApplicationProperties> all) implements Applications {
    @Override
    public Optional<ApplicationProperties> find(String name) {
      return all.stream().filter(it -> it.name().equals(name)).findFirst();
    }

    @Override
    public List<ApplicationProperties> ofRepository(String repository) {
      return List.of();
    }
  }
}
