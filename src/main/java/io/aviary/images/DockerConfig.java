package io.aviary.images;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Credentials of registries, as docker and {@code kubernetes.io/dockerconfigjson} keep them. */
final class DockerConfig {

  /** The key in a Secret of that type. */
  static final String SECRET_KEY = ".dockerconfigjson";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]+=*");

  private final Map<String, String> headers;

  private DockerConfig(Map<String, String> headers) {
    this.headers = headers;
  }

  static DockerConfig empty() {
    return new DockerConfig(Map.of());
  }

  /**
   * @throws IllegalArgumentException if it is no such document; the message holds nothing of it
   */
  static DockerConfig parse(String json) {
    JsonNode auths;
    try {
      auths = JSON.readTree(json).path("auths");
    } catch (JacksonException e) {
      // The parser's own message quotes the document.
      throw new IllegalArgumentException("it is not JSON");
    }
    var headers = new TreeMap<String, String>();
    for (var entry : auths.properties()) {
      basic(entry.getValue()).ifPresent(header -> headers.put(address(entry.getKey()), header));
    }
    return new DockerConfig(headers);
  }

  /**
   * The value of an {@code Authorization} header, from the entry that fits best: an entry may be
   * for a host or for a path below it.
   */
  Optional<String> authorization(ImageReference image) {
    var wanted = address(image.host()) + "/" + image.repository() + "/";
    return headers.entrySet().stream()
        .filter(entry -> wanted.startsWith(entry.getKey() + "/"))
        .max(Comparator.comparingInt(entry -> entry.getKey().length()))
        .map(Map.Entry::getValue);
  }

  private static Optional<String> basic(JsonNode auth) {
    if (auth.hasNonNull("auth")) {
      var encoded = auth.path("auth").asString();
      if (!BASE64.matcher(encoded).matches()) {
        throw new IllegalArgumentException("an entry's auth is not Base64");
      }
      return Optional.of("Basic " + encoded);
    }
    if (!auth.hasNonNull("username")) {
      return Optional.empty();
    }
    var pair = auth.path("username").asString() + ":" + auth.path("password").asString("");
    return Optional.of(
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  /** Entries may be URLs; {@code https://index.docker.io/v1/} is how docker calls docker.io. */
  private static String address(String key) {
    var address = key.replaceFirst("^https?://", "").replaceFirst("(/v[12])?/*$", "");
    return address.equals("index.docker.io") ? "docker.io" : address;
  }
}
