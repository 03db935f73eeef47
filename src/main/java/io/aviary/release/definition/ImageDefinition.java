package io.aviary.release.definition;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An image that is built from the commit, or awaited from elsewhere.
 *
 * @param key the key under {@code images}, e.g. {@code app}; the steps are named {@code
 *     build<Key>Image}
 * @param name the repository in the registry, and how manifests name the image
 * @param context folder of the commit, {@code .} for all of it
 * @param dockerfile path inside the context
 * @param args build arguments, placeholders not yet replaced
 * @param build false: built elsewhere, the registry is asked until it serves {@code tag}
 * @param tag placeholders not yet replaced
 */
public record ImageDefinition(
    String key,
    String name,
    String context,
    String dockerfile,
    @Nullable String target,
    Map<String, String> args,
    boolean build,
    String tag,
    Duration timeout) {

  public ImageDefinition {
    args = Map.copyOf(args);
  }

  /** The step that builds it: {@code buildAppImage} for the key {@code app}. */
  public String buildStep() {
    return "build" + capitalized() + "Image";
  }

  /** The step that makes sure that the registry serves what was built. */
  public String pushStep() {
    return "push" + capitalized() + "Image";
  }

  private String capitalized() {
    return Character.toUpperCase(key.charAt(0)) + key.substring(1);
  }
}
