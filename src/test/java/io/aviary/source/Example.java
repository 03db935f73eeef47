package io.aviary.source;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.AviaryProperties;
import io.aviary.source.helm.ChartRenderer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The example application, and its commits as the server reads them. */
final class Example {

  private Example() {}

  static ApplicationProperties application(
      @Nullable String url, Map<String, Object> release, String... allowKinds) {
    return new ApplicationProperties(
        "ornithology",
        "otomato/ornithology",
        url,
        "master",
        null,
        "otom8",
        List.of("secret"),
        ApplicationProperties.NewerCommit.SUPERSEDE,
        List.of(),
        List.of(allowKinds),
        release);
  }

  static ReleaseReader reader(@Nullable String registry, ChartRenderer charts) {
    return new ReleaseReader(
        new AviaryProperties(
            URI.create("http://localhost"),
            new AviaryProperties.GitHub(URI.create("https://api.github.com"), null),
            new AviaryProperties.Build(registry, false, "regcred", null, "builder", false),
            new AviaryProperties.Prometheus(null),
            new AviaryProperties.Security(List.of(), List.of()),
            List.of()),
        charts);
  }

  static ReleaseReader.Read read(ReleaseReader.Result result) {
    return switch (result) {
      case ReleaseReader.Read read -> read;
      case ReleaseReader.Mistakes(var mistakes) ->
          throw new AssertionError("has mistakes: " + mistakes);
    };
  }

  static List<String> mistakes(ReleaseReader.Result result) {
    return switch (result) {
      case ReleaseReader.Read _ -> List.of();
      case ReleaseReader.Mistakes(var mistakes) ->
          mistakes.stream().map(Mistake::toString).toList();
    };
  }
}
