package io.aviary.images;

import java.util.regex.Pattern;

/**
 * Where an image is in a registry.
 *
 * @param host with its port where it has one
 * @param repository the path below the host, e.g. {@code team/otomato/ornithology}
 */
record ImageReference(String host, String repository, String tag) {

  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:]+])(:[0-9]{1,5})?");
  private static final Pattern REPOSITORY =
      Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

  ImageReference {
    check(HOST, host, "host of the registry", "aviary.build.registry is host[:port][/path]");
    check(
        REPOSITORY,
        repository,
        "image name",
        "lower-case letters, digits and single . _ - between them, in parts separated by /");
    check(TAG, tag, "tag", "at most 128 letters, digits, _ . - and no . or - in front");
  }

  /**
   * @param registry host, port and path where it has them, as {@code aviary.build.registry} says
   * @param name of the image, as {@code aviary.yml} says
   * @throws IllegalArgumentException if one of them is not what a registry accepts
   */
  static ImageReference of(String registry, String name, String tag) {
    var path = registry.indexOf('/');
    return path < 0
        ? new ImageReference(registry, name, tag)
        : new ImageReference(
            registry.substring(0, path), registry.substring(path + 1) + "/" + name, tag);
  }

  /** As images are named everywhere: {@code host/repository:tag}. */
  @Override
  public String toString() {
    return name() + ":" + tag;
  }

  /** {@code host/repository@sha256:…}, which never means another image. */
  String pinned(String digest) {
    return name() + "@" + digest;
  }

  /**
   * Where the layers of its builds are kept: beside the image and not under another tag of it,
   * because a builder uploads both at once, and a registry that writes a layer's link in one
   * repository twice at a time may find it empty.
   */
  ImageReference buildCache() {
    return new ImageReference(host, repository + "-buildcache", "latest");
  }

  private String name() {
    return host + "/" + repository;
  }

  private static void check(Pattern pattern, String value, String what, String rule) {
    if (!pattern.matcher(value).matches()) {
      throw new IllegalArgumentException("'%s' is no valid %s: %s".formatted(value, what, rule));
    }
  }
}
