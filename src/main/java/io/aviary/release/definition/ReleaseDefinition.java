package io.aviary.release.definition;

import java.util.List;

/**
 * How one commit is released: the content of {@code aviary.yml} after defaults, with every mistake
 * already reported.
 *
 * @param images in the order of the file; at least one
 */
public record ReleaseDefinition(
    List<ImageDefinition> images,
    CanaryDefinition canary,
    ProductionDefinition production,
    TrafficDefinition traffic,
    PodsDefinition pods) {

  public ReleaseDefinition {
    images = List.copyOf(images);
  }

  public ImageDefinition image(String key) {
    return images.stream()
        .filter(image -> image.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no image named " + key));
  }
}
