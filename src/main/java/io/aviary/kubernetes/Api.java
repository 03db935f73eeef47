package io.aviary.kubernetes;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * Requests to one API server, each bounded in time, its failure a {@link ClusterException} that
 * tells faults and rejections apart. What a call is about comes with it in words ({@code doing}, as
 * in "read Pod a in namespace b"), for the message.
 *
 * <p>It speaks the REST API itself, because a release needs what the client's DSL leaves out:
 * deletion by uid, ownership of fields, objects exactly as their manifests say. The client brings
 * kubeconfig, credentials and their renewal, TLS and the model of the objects that are read.
 */
final class Api {

  static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  /** How a body is meant. */
  enum Body {
    OBJECT("application/json"),
    APPLY("application/apply-patch+yaml"),
    MERGE("application/merge-patch+json"),
    JSON_PATCH("application/json-patch+json");

    private final String contentType;

    Body(String contentType) {
      this.contentType = contentType;
    }
  }

  /** What a write answered. */
  record Written(boolean created, Map<String, Object> object) {}

  private final KubernetesClient client;
  private final String address;
  private final KubernetesSerialization serialization;

  Api(KubernetesClient client) {
    this.client = client;
    this.address = address(client);
    this.serialization = client.getKubernetesSerialization();
  }

  String address() {
    return address;
  }

  static String address(KubernetesClient client) {
    return client.getConfiguration().getMasterUrl().replaceAll("/+$", "");
  }

  /** Path with a query; the values are encoded here. */
  static String query(String path, Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
        .collect(Collectors.joining("&", path + "?", ""));
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  <T> Optional<T> get(String path, Class<T> type, String doing) {
    return read(path, doing).map(body -> serialization.unmarshal(body, type));
  }

  Optional<Map<String, Object>> get(String path, String doing) {
    return read(path, doing).map(body -> serialization.unmarshal(body, MAP));
  }

  /** A list; where the kind is not served there is none. */
  <T> Optional<T> list(String path, Map<String, String> parameters, Class<T> type, String doing) {
    return get(parameters.isEmpty() ? path : query(path, parameters), type, doing);
  }

  Written write(String method, String path, Body meaning, Object body, String doing) {
    var answer = send(request(method, path, meaning, body), byte[].class, doing);
    return new Written(
        answer.code() == 201,
        serialization.unmarshal(new ByteArrayInputStream(answer.body()), MAP));
  }

  /**
   * Deletes in the background.
   *
   * @param uid null: whatever has that name
   * @return false: it was gone, or another object has that name by now
   */
  boolean delete(String path, @Nullable String uid, String doing) {
    var options =
        uid == null
            ? Map.of("propagationPolicy", "Background")
            : Map.of("propagationPolicy", "Background", "preconditions", Map.of("uid", uid));
    try {
      send(request("DELETE", path, Body.OBJECT, options), byte[].class, doing);
      return true;
    } catch (Refusal e) {
      if (e.code == 404 || (e.code == 409 && uid != null && e.getMessage().contains(uid))) {
        return false;
      }
      throw e;
    }
  }

  /** An answer to be read while it comes; the caller closes it. */
  InputStream stream(String path, String doing) {
    return send(request("GET", path, null, null), InputStream.class, doing).body();
  }

  <T> T parsed(InputStream json, Class<T> type) {
    return serialization.unmarshal(json, type);
  }

  Map<String, Object> asMap(Object model) {
    return serialization.unmarshal(serialization.asJson(model), MAP);
  }

  private Optional<InputStream> read(String path, String doing) {
    try {
      var answer = send(request("GET", path, null, null), byte[].class, doing);
      return Optional.of(new ByteArrayInputStream(answer.body()));
    } catch (Refusal e) {
      if (e.code == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private HttpRequest request(
      String method, String path, @Nullable Body meaning, @Nullable Object body) {
    var request =
        client
            .getHttpClient()
            .newHttpRequestBuilder()
            .uri(address + path)
            .header("Accept", "application/json")
            .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    if (meaning == null || body == null) {
      return request.build();
    }
    return request.method(method, meaning.contentType, serialization.asJson(body)).build();
  }

  private <T> HttpResponse<T> send(HttpRequest request, Class<T> type, String doing) {
    CompletableFuture<HttpResponse<T>> sent = client.getHttpClient().sendAsync(request, type);
    try {
      HttpResponse<T> answer = sent.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.isSuccessful()) {
        return answer;
      }
      throw refusal(answer.code(), bytes(answer.body()), doing);
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw fault(doing, e);
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw fault(doing, e);
    } catch (ExecutionException e) {
      throw fault(doing, e.getCause() == null ? e : e.getCause());
    } catch (IOException e) {
      throw fault(doing, e);
    }
  }

  private static byte[] bytes(@Nullable Object body) throws IOException {
    return switch (body) {
      case null -> new byte[0];
      case byte[] bytes -> bytes;
      case InputStream stream -> {
        try (stream) {
          yield stream.readNBytes(64 * 1024);
        }
      }
      default -> String.valueOf(body).getBytes(StandardCharsets.UTF_8);
    };
  }

  private Refusal refusal(int code, byte[] body, String doing) {
    return new Refusal(
        code, address + " refused to " + doing + ": " + words(code, body) + Faults.advice(code));
  }

  private String words(int code, byte[] body) {
    var text = new String(body, StandardCharsets.UTF_8).strip();
    try {
      var status = serialization.unmarshal(text, Status.class);
      if (status != null && status.getMessage() != null && !status.getMessage().isBlank()) {
        return status.getMessage() + " (" + code + ")";
      }
    } catch (RuntimeException e) {
      // Not a Status: a proxy's page, for instance. Its words are all there is.
    }
    return "HTTP " + code + (text.isEmpty() ? "" : ": " + text.lines().findFirst().orElse(""));
  }

  private ClusterException fault(String doing, Throwable cause) {
    return new ClusterException(
        "Could not " + doing + " at " + address + ": " + Faults.words(cause), false, cause);
  }

  /** An answer that is no success. */
  static final class Refusal extends ClusterException {
    private static final long serialVersionUID = 1L;
    private final int code;

    Refusal(int code, String message) {
      super(message, Faults.isFinal(code));
      this.code = code;
    }

    int code() {
      return code;
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}
