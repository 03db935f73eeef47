package io.aviary.pipeline;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.AviaryProperties;
import io.aviary.release.Deliveries;
import io.aviary.release.DeliveryView;
import io.aviary.release.Releases;
import io.aviary.release.SkipWords;
import io.aviary.release.definition.ProductionDefinition;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.RunFacts;
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
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Fetches the commit, checks everything that it says of its release, and records the plan. */
@Component
class ReadSource implements StepBean<SourceRead> {

  private final Sources sources;
  private final ReleaseReader reader;
  private final AviaryProperties properties;
  private final Releases releases;
  private final Deliveries deliveries;

  ReadSource(
      Sources sources,
      ReleaseReader reader,
      AviaryProperties properties,
      Releases releases,
      Deliveries deliveries) {
    this.sources = sources;
    this.reader = reader;
    this.properties = properties;
    this.releases = releases;
    this.deliveries = deliveries;
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
    var overtaken = overtaken(step);
    if (overtaken.isPresent()) {
      return overtaken.get();
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

  /**
   * Whether a newer commit takes this one's place. One that is not to be released does not: what it
   * stands on would be lost.
   */
  private Optional<Outcome<SourceRead>> overtaken(StepContext<SourceRead> step) {
    var run = step.run();
    var application = step.application();
    if (!run.trigger().isPush()) {
      return Optional.empty();
    }
    var head = sources.head(application);
    if (head.equals(run.revision())) {
      return Optional.empty();
    }
    var newer = sources.since(application, run.revision());
    var place = head.substring(0, 7) + " is";
    if (newer.isEmpty()) {
      return superseded(run, "is not on " + run.branch() + " any more, whose head " + place);
    }
    for (var commit : newer.get()) {
      var other = releases.newestOf(application.name(), commit);
      if (other.isPresent()) {
        return superseded(
            run,
            "is not the head of "
                + run.branch()
                + " any more: run "
                + other.get().id()
                + " was made for "
                + commit.substring(0, 7));
      }
    }
    var why = "is not the head of " + run.branch() + " any more, " + place;
    var verdict = deliveries.verdict(application, head);
    if (verdict.isPresent()) {
      return verdict.get() == DeliveryView.Verdict.IGNORED
          ? goOn(step, head, "that push was ignored")
          : superseded(run, why);
    }
    var skips = skips(application, head);
    if (skips.isPresent()) {
      return goOn(step, head, "its message says " + skips.get());
    }
    return application.paths().isEmpty() || step.isOverdue()
        ? superseded(run, why)
        : Optional.of(
            Outcome.waitForCluster(
                null,
                "waits until it is decided whether " + head.substring(0, 7) + " is released",
                step.now(),
                Duration.ofSeconds(1)));
  }

  private Optional<String> skips(ApplicationProperties application, String head) {
    try (var checkout = sources.fetch(application, head)) {
      return SkipWords.in(checkout.message());
    }
  }

  private static Optional<Outcome<SourceRead>> superseded(RunFacts run, String why) {
    return Optional.of(Outcome.superseded(run.shortRevision() + " " + why));
  }

  private static Optional<Outcome<SourceRead>> goOn(
      StepContext<SourceRead> step, String head, String why) {
    step.record(
        head.substring(0, 7)
            + " is the head by now, but is not released: "
            + why
            + "; so "
            + step.run().shortRevision()
            + " goes on",
        null);
    return Optional.empty();
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
    read.notes().forEach(note -> step.record(note, null));
    if (!(read.definition().production().manifests() instanceof ProductionDefinition.Files)) {
      step.log("# production's manifests, rendered; Secrets are left out\n" + shown(data));
    }
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

  private static String shown(SourceRead data) {
    return Manifests.text(
        data.production().stream().filter(it -> !"Secret".equals(it.get("kind"))).toList());
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
