package io.aviary.source.kustomize;

import java.util.ArrayDeque;

/** Paths as they are written in a folder, as paths of the commit. */
final class Paths {

  private final Files files;
  private final String folder;

  Paths(Files files, String folder) {
    this.files = files;
    this.folder = folder;
  }

  String file(Place named, String path) {
    return resolve(named, path);
  }

  /** A file or folder that is there; what looks like an address is refused as one. */
  String resource(Place named, String path) {
    if (path.contains("://")
        || path.contains("?")
        || path.matches("[\\w.-]+@.*|[\\w.-]+::.*|github\\.com[/:].*")) {
      throw named.refusal(
          "names '"
              + path
              + "', but nothing is fetched from elsewhere; put it into the repository");
    }
    var resolved = resolve(named, path);
    if (!files.exists(resolved)) {
      throw named.refusal("there is no file or folder '" + resolved + "' in the commit");
    }
    return resolved;
  }

  private String resolve(Place named, String path) {
    if (path.isEmpty() || path.startsWith("/") || path.contains("\\")) {
      throw named.refusal("must be a path relative to the folder of its file");
    }
    var parts = new ArrayDeque<String>();
    for (var part : Files.below(folder, path).split("/", -1)) {
      if (part.equals("..")) {
        if (parts.pollLast() == null) {
          throw named.refusal("names '" + path + "', which leaves the repository");
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return parts.isEmpty() ? "." : String.join("/", parts);
  }
}
