package io.aviary.source;

import java.util.Map;

/**
 * An object of a manifest file, as the file says it: the placeholder {@code BUILD_NUMBER} not yet
 * replaced, and of the API version that is written there.
 *
 * @param line where the document begins, from 1
 * @param content in the form of parsed JSON: maps, lists, texts, numbers, booleans; never null, not
 *     to be changed
 */
public record Manifest(String file, int line, Map<String, Object> content) {

  public String apiVersion() {
    return String.valueOf(content.get("apiVersion"));
  }

  public String kind() {
    return String.valueOf(content.get("kind"));
  }

  public String name() {
    return content.get("metadata") instanceof Map<?, ?> metadata
        ? String.valueOf(metadata.get("name"))
        : "null";
  }
}
