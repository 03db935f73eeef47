package io.aviary.kubernetes;

import java.util.Map;
import java.util.TreeMap;

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

  /** Those of the object itself; empty where it has none. */
  public Map<String, String> labels() {
    var labels = new TreeMap<String, String>();
    if (content.get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("labels") instanceof Map<?, ?> all) {
      all.forEach((key, value) -> labels.put(String.valueOf(key), String.valueOf(value)));
    }
    return labels;
  }
}
