package io.aviary.source.kustomize;

import io.aviary.release.Sha256;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What Kustomize appends to the names of generated objects: ten characters of the SHA-256 of their
 * JSON as Go writes it, with letters for digits that could be taken for words.
 */
final class ContentHash {

  private static final int LENGTH = 10;

  private ContentHash() {}

  static String of(Resource resource) {
    var content = resource.content();
    var hashed = new TreeMap<String, @Nullable Object>();
    hashed.put("kind", resource.kind());
    // Kustomize looks for the name where there is none.
    hashed.put("name", "");
    hashed.put("data", content.getOrDefault("data", ""));
    if (resource.kind().equals("Secret")) {
      hashed.put("type", content.getOrDefault("type", ""));
    }
    var more = resource.kind().equals("Secret") ? "stringData" : "binaryData";
    if (content.get(more) instanceof Map<?, ?> map) {
      hashed.put(more, map);
    }
    var json = new StringBuilder();
    write(json, hashed);
    var hex = Sha256.hex(json.toString()).substring(0, LENGTH);
    return hex.replace('0', 'g')
        .replace('1', 'h')
        .replace('3', 'k')
        .replace('a', 'm')
        .replace('e', 't');
  }

  private static void write(StringBuilder json, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      var sorted = new TreeMap<String, @Nullable Object>(Json.map(map));
      var separator = "{";
      for (var entry : sorted.entrySet()) {
        json.append(separator);
        write(json, entry.getKey());
        json.append(':');
        write(json, entry.getValue());
        separator = ",";
      }
      json.append(sorted.isEmpty() ? "{}" : "}");
    } else if (value instanceof String text) {
      json.append('"');
      text.chars().forEach(c -> write(json, (char) c));
      json.append('"');
    } else {
      json.append(value);
    }
  }

  private static void write(StringBuilder json, char c) {
    switch (c) {
      case '"' -> json.append("\\\"");
      case '\\' -> json.append("\\\\");
      case '\n' -> json.append("\\n");
      case '\r' -> json.append("\\r");
      case '\t' -> json.append("\\t");
      case '\b' -> json.append("\\b");
      case '\f' -> json.append("\\f");
      default -> {
        if (c < ' ' || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
          json.append("\\u").append(HexFormat.of().toHexDigits(c));
        } else {
          json.append(c);
        }
      }
    }
  }
}
