package io.aviary.pipeline;

import io.aviary.release.AviaryProperties;
import io.aviary.release.Trigger;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import io.aviary.source.Checkout;
import io.aviary.source.Manifest;
import io.aviary.source.Manifests;
import io.aviary.source.Mistake;
import io.aviary.source.ReleaseReader;
import io.aviary.source.Sources;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Fetches the commit, checks everything that it says of its release, and records the plan. */
@Component
class ReadSource implements StepBean<SourceRead> {

  private final Sources sources;
  private final ReleaseReader reader;
  private final AviaryProperties properties;

  ReadSource(Sources sources, ReleaseReader reader, AviaryProperties properties) {
    this.sources = sources;
    this.reader = reader;
    this.properties = properties;
  }

  @Override
  public Class<SourceRead> dataType() {
    return SourceRead.class;
  }

  @Override
  public Duration timeout(StepContext<SourceRead> step) {
    return Duration.ofMinutes(10);
  }

  @Override
  public Outcome<SourceRead> advance(StepContext<SourceRead> step) {
    if (properties.build().registry() == null) {
      return Outcome.failed(
          "no registry is configured: set aviary.build.registry to the one that images are pushed"
              + " to");
    }
    if (step.run().trigger() == Trigger.PUSH || step.run().trigger() == Trigger.MISSED_PUSH) {
      var head = sources.head(step.application());
      if (!head.equals(step.run().revision())) {
        return Outcome.superseded(
            step.run().shortRevision()
                + " is not the head of "
                + step.run().branch()
                + " any more, "
                + head.substring(0, 7)
                + " is");
      }
    }
    try (var checkout = sources.fetch(step.application(), step.run().revision())) {
      return switch (reader.read(step.application(), checkout)) {
        case ReleaseReader.Mistakes(var mistakes) -> {
          step.log(
              mistakes.stream().map(Mistake::toString).collect(Collectors.joining("\n")) + "\n");
          yield Outcome.failed(
              null,
              mistakes.size() == 1
                  ? mistakes.getFirst().toString()
                  : mistakes.size() + " mistakes, the first: " + mistakes.getFirst(),
              mistakes.stream().map(Mistake::toString).toList());
        }
        case ReleaseReader.Read read -> planned(step, checkout, read);
      };
    }
  }

  private static Outcome<SourceRead> planned(
      StepContext<SourceRead> step, Checkout checkout, ReleaseReader.Read read) {
    var number = step.run().shortRevision();
    var canary = contents(read.manifests().canary(), number);
    var canaryDeployment = required(read.canaryDeployment(), "the canary's");
    var images = Manifests.whichImages(read.definition(), read.manifests().canary());
    var data =
        new SourceRead(
            canary,
            contents(read.manifests().production(), number),
            canaryDeployment,
            Roles.serviceOf(canary, canaryDeployment).orElse(null),
            required(read.productionDeployment(), "production's"),
            read.service(),
            List.copyOf(images),
            checkout.authorEmail(),
            read.definition().canary().manifests().isEmpty());
    if (data.derived()) {
      step.log(
          "# the canary, derived from production's manifests because canary.manifests names none\n"
              + Manifests.text(canary));
    }
    var plan = CanaryPipeline.of(read.definition(), images);
    return Outcome.done(data, plan.steps().size() + " steps planned")
        .withPlan(
            new Outcome.Planned(
                read.definition(), plan, checkout.message(), checkout.authorName()));
  }

  private static List<Map<String, Object>> contents(List<Manifest> manifests, String number) {
    return manifests.stream()
        .map(manifest -> Manifests.withBuildNumber(manifest.content(), number))
        .toList();
  }

  private static String required(@Nullable String name, String whose) {
    if (name == null) {
      throw new IllegalStateException(whose + " manifests have no Deployment");
    }
    return name;
  }
}
