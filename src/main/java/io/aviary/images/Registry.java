package io.aviary.images;

import io.aviary.release.NetworkFaults;
import io.aviary.release.Sha256;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads from a registry by the OCI distribution protocol. Each answer is there within 10 s or is a
 * {@link RegistryException}. Credentials go to no host but the registry's and the token service
 * that the registry named over https. For one thread, for the time of one look.
 */
final class Registry {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_DOCUMENT = 4 << 20;
  private static final int MAX_REDIRECTS = 5;
  private static final String MANIFESTS =
      String.join(
          ", ",
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json",
          "application/vnd.docker.distribution.manifest.v2+json");
  private static final Pattern CHALLENGE = Pattern.compile("(?i)\\s*(Bearer|Basic)\\b(.*)");
  private static final Pattern PARAMETER = Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|([^\\s,]+))");
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient http;
  private final String scheme;
  private final Supplier<DockerConfig> credentials;
  private final Map<String, String> authorizations = new HashMap<>();

  /**
   * @param http follows no redirects, because it would send our credentials after them
   * @param insecure plain http
   * @param credentials asked for only if the registry wants some
   */
  Registry(HttpClient http, boolean insecure, Supplier<DockerConfig> credentials) {
    this.http = http;
    this.scheme = insecure ? "http" : "https";
    this.credentials = credentials;
  }

  /** How all registries are called. */
  static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(TIMEOUT)
        .followRedirects(HttpClient.Redirect.NEVER)
        .build();
  }

  /**
   * An image that the registry serves.
   *
   * @param digest of what the tag names: a manifest, or an index of several
   * @param labels of the image's configuration; of an index, those of its linux/amd64 image or else
   *     its first
   */
  record Served(String digest, Map<String, String> labels) {}

  /** The digest that the tag names now; empty: there is no such image. */
  Optional<String> digest(ImageReference image) {
    return digest(image, image.tag());
  }

  /** Whether the registry has this very manifest. */
  boolean serves(ImageReference image, String digest) {
    return digest(image, digest).isPresent();
  }

  private Optional<String> digest(ImageReference image, String reference) {
    var answer = ask("HEAD", image, "manifests/" + reference, MANIFESTS);
    if (answer.statusCode() == 404) {
      return Optional.empty();
    }
    return answer
        .headers()
        .firstValue("Docker-Content-Digest")
        .or(() -> manifest(image, reference).map(Registry::sha256));
  }

  /** What the tag names, with its labels; empty: there is no such image. */
  Optional<Served> served(ImageReference image) {
    return manifest(image, image.tag())
        .map(body -> new Served(sha256(body), labels(image, json(image, body))));
  }

  private Map<String, String> labels(ImageReference image, JsonNode manifest) {
    if (manifest.path("manifests").isArray()) {
      return choose(manifest.path("manifests"))
          .flatMap(digest -> manifest(image, digest))
          .map(body -> labels(image, json(image, body)))
          .orElse(Map.of());
    }
    var config = manifest.path("config").path("digest").asString("");
    if (!config.startsWith("sha256:")) {
      return Map.of();
    }
    var answer = ask("GET", image, "blobs/" + config, "*/*");
    if (answer.statusCode() == 404) {
      return Map.of();
    }
    var labels = new HashMap<String, String>();
    json(image, answer.body())
        .path("config")
        .path("Labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asString("")));
    return Map.copyOf(labels);
  }

  /** Attestations stand in an index as manifests of an unknown platform. */
  private static Optional<String> choose(JsonNode manifests) {
    JsonNode chosen = null;
    for (var manifest : manifests) {
      var platform = manifest.path("platform");
      var os = platform.path("os").asString("");
      if (os.equals("unknown")) {
        continue;
      }
      if (os.equals("linux") && platform.path("architecture").asString("").equals("amd64")) {
        chosen = manifest;
        break;
      }
      chosen = chosen == null ? manifest : chosen;
    }
    return chosen == null ? Optional.empty() : Optional.of(chosen.path("digest").asString(""));
  }

  private Optional<byte[]> manifest(ImageReference image, String reference) {
    var answer = ask("GET", image, "manifests/" + reference, MANIFESTS);
    return answer.statusCode() == 404 ? Optional.empty() : Optional.of(answer.body());
  }

  // ---- requests

  /** The answer to a request, with a status of 200 or 404. */
  private HttpResponse<byte[]> ask(
      String method, ImageReference image, String what, String accept) {
    // docker.io is a name in image references only; its registry lives elsewhere.
    var host = image.host().equals("docker.io") ? "registry-1.docker.io" : image.host();
    var uri = URI.create(scheme + "://" + host + "/v2/" + image.repository() + "/" + what);
    var answer = send(method, uri, accept, authorizations.get(image.repository()));
    if (answer.statusCode() == 401) {
      var authorization = authorize(uri, image, answer);
      authorizations.put(image.repository(), authorization);
      answer = send(method, uri, accept, authorization);
    }
    return switch (answer.statusCode()) {
      case 200, 404 -> answer;
      case 401, 403 ->
          throw RegistryException.denied(
              "%s %s was refused (%d)%s: check the Secret aviary.build.registry-secret"
                  .formatted(method, uri, answer.statusCode(), words(answer)));
      default ->
          throw RegistryException.fault(
              "%s %s was answered with %d%s"
                  .formatted(method, uri, answer.statusCode(), words(answer)));
    };
  }

  private HttpResponse<byte[]> send(
      String method, URI uri, String accept, @Nullable String authorization) {
    var next = uri;
    for (var redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      var request =
          HttpRequest.newBuilder(next)
              .method(method, BodyPublishers.noBody())
              .header("Accept", accept)
              .timeout(TIMEOUT);
      if (authorization != null && origin(next).equals(origin(uri))) {
        request.header("Authorization", authorization);
      }
      var answer = exchange(request.build());
      var location = answer.headers().firstValue("Location");
      if (answer.statusCode() / 100 != 3 || location.isEmpty()) {
        return answer;
      }
      next = redirected(next, location.get());
    }
    throw RegistryException.fault(
        "%s %s was redirected more than %d times".formatted(method, uri, MAX_REDIRECTS));
  }

  private static URI redirected(URI from, String location) {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw RegistryException.fault(from + " redirects to what is no URL", e);
    }
    if (!"https".equals(to.getScheme()) && !origin(to).equals(origin(from))) {
      throw RegistryException.fault(
          "%s redirects to %s, which is not https".formatted(from, origin(to)));
    }
    return to;
  }

  private HttpResponse<byte[]> exchange(HttpRequest request) {
    var answer =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_DOCUMENT));
    try {
      return answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw unreachable(request, e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw unreachable(request, e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw unreachable(request, e);
    }
  }

  private static RegistryException unreachable(HttpRequest request, @Nullable Throwable cause) {
    var why = NetworkFaults.words(cause, TIMEOUT, TIMEOUT);
    // A pre-signed address holds a secret in its query.
    var address = origin(request.uri()) + request.uri().getRawPath();
    return RegistryException.fault(
        "%s %s failed: %s; check aviary.build.registry, and that this server can reach it"
            .formatted(request.method(), address, why),
        cause);
  }

  // ---- credentials

  private String authorize(URI uri, ImageReference image, HttpResponse<byte[]> refusal) {
    var basic = credentials.get().authorization(image);
    var challenges = refusal.headers().allValues("WWW-Authenticate");
    for (var challenge : challenges) {
      var parts = CHALLENGE.matcher(challenge);
      if (parts.matches() && parts.group(1).equalsIgnoreCase("Bearer")) {
        return "Bearer " + token(uri, image, parameters(parts.group(2)), basic);
      }
    }
    if (challenges.stream().anyMatch(c -> c.toLowerCase(Locale.ROOT).startsWith("basic"))) {
      return basic.orElseThrow(
          () ->
              RegistryException.denied(
                  uri
                      + " wants credentials, and there are none for it: name a Secret that has"
                      + " them in aviary.build.registry-secret"));
    }
    throw RegistryException.denied(uri + " wants credentials of a kind that is not supported");
  }

  private String token(
      URI uri, ImageReference image, Map<String, String> challenge, Optional<String> basic) {
    var realm = realm(uri, challenge.getOrDefault("realm", ""));
    var query =
        "scope="
            + encode(challenge.getOrDefault("scope", "repository:" + image.repository() + ":pull"));
    if (challenge.containsKey("service")) {
      query += "&service=" + encode(challenge.getOrDefault("service", ""));
    }
    var address = realm + (realm.getRawQuery() == null ? "?" : "&") + query;
    var answer = send("GET", URI.create(address), "application/json", basic.orElse(null));
    var status = answer.statusCode();
    if (status != 200) {
      var what = "the token service %s answered with %d%s".formatted(realm, status, words(answer));
      throw status >= 500 || status == 429
          ? RegistryException.fault(what)
          : RegistryException.denied(what + ": check the Secret aviary.build.registry-secret");
    }
    var document = json(image, answer.body());
    var token = document.path("token").asString(document.path("access_token").asString(""));
    if (!TOKEN.matcher(token).matches()) {
      throw RegistryException.fault("the token service " + realm + " answered without a token");
    }
    return token;
  }

  /** Only over https, or where the registry itself is: else anyone on the way reads it. */
  private static URI realm(URI registry, String realm) {
    URI uri;
    try {
      uri = URI.create(realm);
    } catch (IllegalArgumentException e) {
      throw RegistryException.fault(registry + " names a token service that is no URL", e);
    }
    if (!"https".equals(uri.getScheme()) && !origin(uri).equals(origin(registry))) {
      throw RegistryException.denied(
          "%s names the token service %s, which is not https: no credentials are sent to it"
              .formatted(registry, realm));
    }
    return uri;
  }

  private static Map<String, String> parameters(String challenge) {
    var parameters = new HashMap<String, String>();
    PARAMETER
        .matcher(challenge)
        .results()
        .forEach(
            found ->
                parameters.put(
                    found.group(1).toLowerCase(Locale.ROOT),
                    found.group(2) != null ? found.group(2) : found.group(3)));
    return parameters;
  }

  // ---- small things

  private static String origin(URI uri) {
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** What the registry says about a refusal: {@code {"errors": [{"code", "message"}]}}. */
  private static String words(HttpResponse<byte[]> answer) {
    try {
      var errors = JSON.readTree(answer.body()).path("errors");
      return StreamSupport.stream(errors.spliterator(), false)
          .map(error -> error.path("message").asString(error.path("code").asString("")))
          .filter(message -> !message.isBlank())
          .findFirst()
          .map(message -> ": " + message)
          .orElse("");
    } catch (JacksonException e) {
      return "";
    }
  }

  private static JsonNode json(ImageReference image, byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      throw RegistryException.fault(
          "the registry %s answered about %s with what is not JSON"
              .formatted(image.host(), image.repository()),
          e);
    }
  }

  static String sha256(byte[] body) {
    return "sha256:" + Sha256.hex(body);
  }
}
