package io.aviary.images;

import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Makes sure that the registry serves what was built: this very digest. BuildKit pushes as the end
 * of a build, so there is nothing to send.
 *
 * <p>The tag must be there, but may name another image by now: two applications that build the same
 * commit under the same name push over each other's tag, and each uses its own digest.
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
    var tagged = registry.digest(reference);
    if (tagged.isPresent() && registry.serves(reference, digest)) {
      return Outcome.done(
          new PushedImage(reference.pinned(digest), digest, reference.tag()),
          tagged.get().equals(digest)
              ? reference.toString()
              : "%s, by its digest %s: the tag names %s by now, which something else pushed"
                  .formatted(reference, digest, tagged.get()));
    }
    var reason =
        tagged.isPresent()
            ? "the registry does not serve what was built, %s of %s".formatted(digest, reference)
            : "the registry has no tag %s, which the build has pushed".formatted(reference);
    return step.isOverdue()
        ? Outcome.failed(
            null,
            reason + ": retry the run, and see what removes images from this repository",
            List.of())
        : Outcome.waitForCluster(null, reason, step.now(), PAUSE);
  }

  private static ImageDefinition image(StepContext<PushedImage> step) {
    return step.definition().image(step.subject());
  }
}
