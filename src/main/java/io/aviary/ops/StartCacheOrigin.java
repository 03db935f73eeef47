package io.aviary.ops;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What a start cache was made from, kept in a file beside it: the jar, as size, second and
 * checksum, then the JVM, its options and its class path.
 */
record StartCacheOrigin(String jar, String machine) {

  static StartCacheOrigin of(Path jar, List<String> options) throws IOException {
    return new StartCacheOrigin(
        describe(jar),
        String.join(
            "\n",
            System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.version"),
            String.join(" ", options),
            System.getProperty("java.class.path")));
  }

  /** The jar on the class path that holds the class, or null if it is in something else. */
  static @Nullable Path jarOf(Class<?> type) {
    var source = type.getProtectionDomain().getCodeSource();
    if (source == null || !"file".equals(source.getLocation().getProtocol())) {
      return null;
    }
    try {
      var path = Path.of(source.getLocation().toURI());
      return Files.isRegularFile(path) ? path : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** Whether the cache is there, whole, and made from this. */
  boolean isOf(Path cache) throws IOException {
    try {
      return Files.readString(beside(cache)).equals(text(Files.size(cache)));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Puts a cache in its place. A server that starts meanwhile, or a machine that stops, finds the
   * old one, none, or this one: never one that its description does not fit.
   */
  void writeFor(Path cache, Path made) throws IOException {
    Files.deleteIfExists(cache);
    Files.writeString(beside(cache), text(Files.size(made)));
    Files.move(made, cache, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Whether the JVM takes the cache for this jar's, while it is of another. */
  static boolean deceives(Path cache, Path jar) throws IOException {
    if (!Files.exists(cache)) {
      return false;
    }
    try {
      var its = Files.readString(beside(cache)).lines().findFirst().orElse("").split(" ", -1);
      var here = describe(jar).split(" ", -1);
      return its.length == 3
          && its[0].equals(here[0])
          && its[1].equals(here[1])
          && !its[2].equals(here[2]);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  static void forget(Path cache) throws IOException {
    Files.deleteIfExists(cache);
    Files.deleteIfExists(beside(cache));
  }

  private String text(long size) {
    return jar + "\n" + size + "\n" + machine + "\n";
  }

  private static Path beside(Path cache) {
    return cache.resolveSibling(cache.getFileName() + ".of");
  }

  private static String describe(Path jar) throws IOException {
    var sum = new CRC32();
    sum.update(Files.readAllBytes(jar));
    return Files.size(jar)
        + " "
        + Files.getLastModifiedTime(jar).to(TimeUnit.SECONDS)
        + " "
        + Long.toHexString(sum.getValue());
  }
}
