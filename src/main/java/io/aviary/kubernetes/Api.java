package io.aviary.kubernetes;

import io.aviary.release.step.Lease;
import io.aviary.release.step.ReadOnce;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Requests to one API server, each bounded in time, its failure a {@link ClusterException} that
 * tells faults and rejections apart. What a call is about comes with it in words ({@code doing}, as
 * in "read Pod a in namespace b"), for the message.
 *
 * <p>It speaks the REST API itself, because a release needs what the client's DSL leaves out:
 * deletion by uid, ownership of fields, objects exactly as their manifests say. The client brings
 * kubeconfig, credentials and their renewal, and TLS.
 */
final class Api {

  static final Duration TIMEOUT = Duration.ofSeconds(10);

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

  Api(KubernetesClient client) {
    this.client = client;
    this.address = address(client);
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

  /** Empty: 404. */
  Optional<Map<String, Object>> get(String path, String doing) {
    var read = new Read(this, path);
    try {
      // As bytes: who reads may change what was parsed for it.
      return Optional.of(parsed(ReadOnce.of(read, () -> begin(path, doing)).await(), doing));
    } catch (ClusterException e) {
      if (e instanceof Refusal refusal && refusal.code == 404) {
        return Optional.empty();
      }
      ReadOnce.forget(read);
      throw e;
    }
  }

  /** The items of a collection; none where it is not served. */
  List<Map<String, Object>> list(String path, Map<String, String> parameters, String doing) {
    return list(query(path, parameters), doing);
  }

  List<Map<String, Object>> list(String path, String doing) {
    return get(path, doing).map(list -> Json.maps(list, "items")).orElse(List.of());
  }

  /** Asks already for what the call of a step will {@link #get} soon. */
  void ahead(String path, String doing) {
    if (ReadOnce.isBound()) {
      ReadOnce.of(new Read(this, path), () -> begin(path, doing));
    }
  }

  Written write(String method, String path, Body meaning, Object body, String doing) {
    Lease.check();
    ReadOnce.forget();
    var answer = begin(request(method, path, meaning, body), byte[].class, doing).await();
    return new Written(answer.code() == 201, parsed(answer, doing));
  }

  /**
   * Deletes in the background.
   *
   * @param uid null: whatever has that name
   * @return false: it was gone, or another object has that name by now
   */
  boolean delete(String path, @Nullable String uid, String doing) {
    Lease.check();
    var options =
        uid == null
            ? Map.of("propagationPolicy", "Background")
            : Map.of("propagationPolicy", "Background", "preconditions", Map.of("uid", uid));
    ReadOnce.forget();
    try {
      begin(request("DELETE", path, Body.OBJECT, options), byte[].class, doing).await();
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
    return begin(request("GET", path, null, null), InputStream.class, doing).await().body();
  }

  private Map<String, Object> parsed(HttpResponse<byte[]> answer, String doing) {
    try {
      return Json.read(answer.body());
    } catch (JacksonException e) {
      throw fault(
          doing, new IOException("the answer is no JSON: is it a Kubernetes API server?", e));
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
    return request.method(method, meaning.contentType, Json.write(body)).build();
  }

  private Sent<byte[]> begin(String path, String doing) {
    return begin(request("GET", path, null, null), byte[].class, doing);
  }

  private <T> Sent<T> begin(HttpRequest request, Class<T> type, String doing) {
    try {
      return new Sent<>(client.getHttpClient().sendAsync(request, type), doing);
    } catch (IllegalStateException e) {
      throw fault(doing, e); // the server is being shut down
    }
  }

  /** What is read, by which its answer is known again. */
  private record Read(Api api, String path) {}

  /** A request that is under way, or answered. */
  private final class Sent<T> {
    private final CompletableFuture<HttpResponse<T>> sent;
    private final String doing;

    Sent(CompletableFuture<HttpResponse<T>> sent, String doing) {
      this.sent = sent;
      this.doing = doing;
    }

    HttpResponse<T> await() {
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
    var words = words(code, body);
    return new Refusal(
        code,
        address + " refused to " + doing + ": " + words + Faults.advice(code),
        Faults.isFinal(code, words));
  }

  private String words(int code, byte[] body) {
    var text = new String(body, StandardCharsets.UTF_8).strip();
    try {
      var message = Json.textOr("", Json.read(body), "message");
      if (!message.isEmpty()) {
        return message + " (" + code + ")";
      }
    } catch (JacksonException e) {
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

    Refusal(int code, String message, boolean rejection) {
      super(message, rejection);
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
