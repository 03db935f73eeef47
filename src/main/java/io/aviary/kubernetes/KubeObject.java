package io.aviary.kubernetes;

import java.util.Map;

/**
 * An object as its manifest says, in the form of parsed JSON: maps, lists, strings, numbers,
 * booleans.
 *
 * @param content not to be changed
 */
public record KubeObject(Map<String, Object> content) {

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
