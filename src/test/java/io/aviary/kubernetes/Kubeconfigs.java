package io.aviary.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Kubeconfigs of several clusters, each in a context of its own name. */
final class Kubeconfigs {

  private Kubeconfigs() {}

  /**
   * Writes one.
   *
   * @param servers addresses by context
   */
  static Path write(Path folder, String current, SortedMap<String, String> servers) {
    var text =
        """
        apiVersion: v1
        kind: Config
        current-context: %s
        contexts:
        %s
        clusters:
        %s
        users:
        - {name: me, user: {token: t}}
        """
            .formatted(
                current,
                lines(servers, "- {name: %1$s, context: {cluster: %1$s, user: me}}"::formatted),
                lines(servers, "- {name: %s, cluster: {server: \"%s\"}}"::formatted));
    try {
      return Files.writeString(folder.resolve("kubeconfig"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String lines(
      SortedMap<String, String> servers, BiFunction<String, String, String> line) {
    return servers.entrySet().stream()
        .map(it -> line.apply(it.getKey(), it.getValue()))
        .collect(Collectors.joining("\n"));
  }
}
