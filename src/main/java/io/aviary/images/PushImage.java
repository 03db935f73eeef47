package io.aviary.images;

import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Makes sure that the registry serves what was built: this very digest, and under the tag too.
 * BuildKit pushes as the end of a build, so there is nothing to send.
 */
@Component
public class PushImage implements StepBean<PushedImage> {

  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Registries registries;

  PushImage(Registries registries) {
    this.registries = registries;
  }

  @Override
  public Class<PushedImage> dataType() {
    return PushedImage.class;
  }

  /** A registry that has taken an image serves it soon, or never. */
  @Override
  public Duration timeout(StepContext<PushedImage> step) {
    var timeout = image(step).timeout();
    return timeout.compareTo(PATIENCE) < 0 ? timeout : PATIENCE;
  }

  @Override
  public Outcome<PushedImage> advance(StepContext<PushedImage> step) {
    var image = image(step);
    var built = step.result(image.buildStep(), BuiltImage.class).orElse(null);
    if (built == null || built.digest() == null) {
      return Outcome.failed(image.buildStep() + " has left no digest to look for");
    }
    var digest = built.digest();
    var reference = registries.reference(step.run(), image);
    var registry = registries.registry(step.application());
    var tagged = registry.digest(reference).orElse("nothing");
    if (tagged.equals(digest) && registry.serves(reference, digest)) {
      return Outcome.done(
          new PushedImage(reference.pinned(digest), digest, reference.tag()), reference.toString());
    }
    var reason =
        tagged.equals(digest)
            ? "the registry names %s by the tag %s but does not serve it"
                .formatted(digest, reference)
            : "the registry serves %s under %s, and not what was built, %s"
                .formatted(tagged, reference, digest);
    return step.isOverdue()
        ? Outcome.failed(
            null, reason + ": retry the run, and see who else pushes to this repository", List.of())
        : Outcome.waitForCluster(null, reason, step.now(), PAUSE);
  }

  private static ImageDefinition image(StepContext<PushedImage> step) {
    return step.definition().image(step.subject());
  }
}
