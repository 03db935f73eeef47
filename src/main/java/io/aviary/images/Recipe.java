package io.aviary.images;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.Placeholders;
import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.step.RunFacts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that decides what is in an image: two builds with the same recipe are one image.
 *
 * @param repository {@code owner/name}
 * @param revision 40 hex digits
 * @param context folder of the commit
 * @param dockerfile path inside the context
 * @param args build arguments, placeholders replaced
 */
record Recipe(
    String repository,
    String revision,
    String context,
    String dockerfile,
    @Nullable String target,
    Map<String, String> args) {

  private static final String REPOSITORY = "aviary.io/repository";
  private static final String REVISION = "org.opencontainers.image.revision";
  private static final String HASH = "aviary.io/recipe";

  static Recipe of(ApplicationProperties application, RunFacts run, ImageDefinition image) {
    return new Recipe(
        application.repository(),
        run.revision(),
        image.context(),
        image.dockerfile(),
        image.target(),
        new Placeholders(run.revision(), run.branch(), run.id()).replaceIn(image.args()));
  }

  /** What the image carries to be recognised by. */
  Map<String, String> labels() {
    return Map.of(REPOSITORY, repository, REVISION, revision, HASH, hash());
  }

  /**
   * Whether an image with these labels was made by this recipe. A tag says seven digits of a
   * commit, which is not an identity.
   */
  boolean made(Map<String, String> labels) {
    return labels.entrySet().containsAll(labels().entrySet());
  }

  /** 64 hex digits. */
  String hash() {
    var parts = new ArrayList<String>();
    parts.add(repository);
    parts.add(revision);
    parts.add(context);
    parts.add(dockerfile);
    parts.add(target == null ? "" : target);
    new TreeMap<>(args)
        .forEach(
            (name, value) -> {
              parts.add(name);
              parts.add(value);
            });
    var text = new StringBuilder();
    // With their lengths, so that no two lists of parts are one text.
    parts.forEach(part -> text.append(part.length()).append(':').append(part));
    return Registry.sha256(text.toString().getBytes(StandardCharsets.UTF_8))
        .substring("sha256:".length());
  }
}
