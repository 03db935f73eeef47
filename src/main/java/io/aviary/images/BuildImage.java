package io.aviary.images;

import io.aviary.kubernetes.Clusters;
import io.aviary.release.LiveConfiguration;
import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Ends with the digest of an image of the commit: awaited from elsewhere, or found in the registry
 * because it was built from the same commit in the same way before, or built in the cluster.
 */
@Component
public class BuildImage implements StepBean<BuiltImage> {

  /** How often the registry is asked for an image that is built elsewhere. */
  private static final Duration REGISTRY_PAUSE = Duration.ofSeconds(3);

  private final LiveConfiguration configuration;
  private final Clusters clusters;
  private final Registries registries;

  BuildImage(LiveConfiguration configuration, Clusters clusters, Registries registries) {
    this.configuration = configuration;
    this.clusters = clusters;
    this.registries = registries;
  }

  @Override
  public Class<BuiltImage> dataType() {
    return BuiltImage.class;
  }

  @Override
  public Duration timeout(StepContext<BuiltImage> step) {
    return image(step).timeout();
  }

  @Override
  public Outcome<BuiltImage> advance(StepContext<BuiltImage> step) {
    ImageReference reference;
    try {
      reference = registries.reference(step.run(), image(step));
    } catch (IllegalArgumentException e) {
      return Outcome.failed("image %s: %s".formatted(step.subject(), e.getMessage()));
    }
    if (!image(step).build()) {
      return await(step, reference);
    }
    return step.data().isEmpty() ? reuseOrBuild(step, reference) : job(step, reference).advance();
  }

  @Override
  public Outcome<BuiltImage> stop(StepContext<BuiltImage> step) {
    return step.data().isEmpty()
        ? Outcome.failed("stopped before anything was built")
        : job(step, registries.reference(step.run(), image(step))).stop();
  }

  private Outcome<BuiltImage> await(StepContext<BuiltImage> step, ImageReference reference) {
    String missing;
    try {
      var served = registry(step).digest(reference);
      if (served.isPresent()) {
        return Outcome.done(
            new BuiltImage(reference.toString(), served.get(), false, null), "built elsewhere");
      }
      missing = "the registry does not serve " + reference;
    } catch (RegistryException e) {
      if (!e.isDenied()) {
        throw e;
      }
      // Some registries say so of a repository that its first image has yet to create.
      missing = e.getMessage();
    }
    return step.isOverdue()
        ? Outcome.failed(
            "image %s is built elsewhere (build: false) and not there after %s: %s"
                .formatted(step.subject(), BuildJob.words(timeout(step)), missing))
        : Outcome.waitForCluster(null, "not there yet: " + missing, step.now(), REGISTRY_PAUSE);
  }

  private Outcome<BuiltImage> reuseOrBuild(StepContext<BuiltImage> step, ImageReference reference) {
    var reusable = reusable(step, reference);
    if (reusable.isPresent()) {
      return Outcome.done(
          new BuiltImage(reference.toString(), reusable.get().digest(), true, null),
          "not built again: %s is this commit, built in the same way".formatted(reference));
    }
    registries.requireCredentials(step.application());
    return job(step, reference).advance();
  }

  private Optional<Registry.Served> reusable(
      StepContext<BuiltImage> step, ImageReference reference) {
    var recipe = recipe(step);
    try {
      return registry(step).served(reference).filter(served -> recipe.made(served.labels()));
    } catch (RegistryException e) {
      if (!e.isDenied()) {
        throw e;
      }
      step.log("%s cannot be looked at, so it is built: %s\n".formatted(reference, e.getMessage()));
      return Optional.empty();
    }
  }

  private BuildJob job(StepContext<BuiltImage> step, ImageReference reference) {
    return new BuildJob(
        step,
        clusters.cluster(step.application().kubeContext()),
        registries.namespace(step.application()),
        configuration.current(),
        recipe(step),
        reference);
  }

  private Registry registry(StepContext<BuiltImage> step) {
    return registries.registry(step.application());
  }

  private static Recipe recipe(StepContext<BuiltImage> step) {
    return Recipe.of(step.application(), step.run(), image(step));
  }

  private static ImageDefinition image(StepContext<BuiltImage> step) {
    return step.definition().image(step.subject());
  }
}
