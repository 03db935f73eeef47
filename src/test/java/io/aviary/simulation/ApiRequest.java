package io.aviary.simulation;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request to the simulated API server.
 *
 * @param path without the query
 * @param contentType empty: none was sent
 * @param body empty: none was sent
 */
public record ApiRequest(
    String method,
    String path,
    Map<String, String> query,
    String contentType,
    String userAgent,
    String body) {

  static ApiRequest of(
      String method,
      String target,
      @Nullable String contentType,
      @Nullable String userAgent,
      @Nullable String body) {
    var parts = target.split("\\?", 2);
    var query = new HashMap<String, String>();
    if (parts.length == 2) {
      for (var pair : parts[1].split("&", -1)) {
        var sides = pair.split("=", 2);
        query.put(decoded(sides[0]), sides.length == 2 ? decoded(sides[1]) : "");
      }
    }
    return new ApiRequest(
        method,
        decoded(parts[0].replace("+", "%2B")),
        Map.copyOf(query),
        contentType == null ? "" : contentType.split(";", 2)[0].strip(),
        userAgent == null ? "" : userAgent,
        body == null ? "" : body);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** Whether it reads only. */
  public boolean isRead() {
    return method.equals("GET") || method.equals("HEAD");
  }

  public boolean isWatch() {
    var watch = parameter("watch");
    return watch.equals("true") || watch.equals("1");
  }

  /** Empty where it was not sent. */
  public String parameter(String name) {
    return query.getOrDefault(name, "");
  }

  @Override
  public String toString() {
    return method + " " + path + (query.isEmpty() ? "" : "?" + query);
  }
}
