package io.aviary.source;

import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.definition.ReleaseDefinition;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * The checked manifests of a commit, in the order of the files.
 *
 * @param canary derived from production's where the definition names none
 */
public record Manifests(List<Manifest> canary, List<Manifest> production) {

  private static final String BUILD_NUMBER = "BUILD_NUMBER";
  private static final Set<String> CONTAINERS =
      Set.of("containers", "initContainers", "ephemeralContainers");

  public Manifests {
    canary = List.copyOf(canary);
    production = List.copyOf(production);
  }

  /**
   * Replaces the placeholder {@code BUILD_NUMBER} in all texts, keys excepted. A text stays a text,
   * whatever the revision looks like.
   */
  public static Map<String, Object> withBuildNumber(
      Map<String, Object> content, String shortRevision) {
    var replaced = new LinkedHashMap<String, Object>();
    content.forEach((key, value) -> replaced.put(key, withBuildNumber(value, shortRevision)));
    return Collections.unmodifiableMap(replaced);
  }

  private static Object withBuildNumber(Object value, String shortRevision) {
    return switch (value) {
      case String text -> text.replace(BUILD_NUMBER, shortRevision);
      case List<?> list ->
          list.stream().map(item -> withBuildNumber((Object) item, shortRevision)).toList();
      case Map<?, ?> map -> {
        var replaced = new LinkedHashMap<String, Object>();
        map.forEach(
            (key, item) -> replaced.put((String) key, withBuildNumber(item, shortRevision)));
        yield Collections.unmodifiableMap(replaced);
      }
      default -> value;
    };
  }

  /** Objects as people write them, with {@code ---} between them. */
  public static String text(List<Map<String, Object>> objects) {
    var settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setExplicitStart(true)
            .setMultiLineFlow(true)
            .build();
    return new Dump(settings).dumpAllToString(objects.iterator());
  }

  /** Keys of the definition's images that containers of these manifests run. */
  public static Set<String> whichImages(ReleaseDefinition definition, List<Manifest> manifests) {
    var names = new LinkedHashSet<String>();
    manifests.forEach(manifest -> collectImages(manifest.content(), names));
    var keys = new LinkedHashSet<String>();
    for (var image : definition.images()) {
      if (names.contains(image.name())) {
        keys.add(image.key());
      }
    }
    return keys;
  }

  /** All image names of a manifest's containers, without tag and digest. */
  private static void collectImages(Object value, Set<String> names) {
    switch (value) {
      case Map<?, ?> map ->
          map.forEach(
              (key, item) -> {
                if (CONTAINERS.contains(key) && item instanceof List<?> containers) {
                  containers.forEach(container -> collectImage(container, names));
                } else {
                  collectImages(item, names);
                }
              });
      case List<?> list -> list.forEach(item -> collectImages(item, names));
      default -> {
        // Nothing below.
      }
    }
  }

  private static void collectImage(Object container, Set<String> names) {
    if (container instanceof Map<?, ?> map && map.get("image") instanceof String image) {
      names.add(imageName(image));
    }
  }

  /**
   * The name of an image reference without tag and digest, to compare with {@link
   * ImageDefinition#name()}.
   */
  public static String imageName(String reference) {
    var at = reference.indexOf('@');
    var tagged = at < 0 ? reference : reference.substring(0, at);
    var colon = tagged.lastIndexOf(':');
    return colon > tagged.lastIndexOf('/') ? tagged.substring(0, colon) : tagged;
  }
}
