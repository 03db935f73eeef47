package io.aviary.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.type.TypeReference;

/**
 * Watches one kind of objects in one namespace, of which it asks for no more than the metadata. No
 * thread waits for it. It goes on where it was after the server or the network has cut it, with a
 * growing pause where that happens again and again; and starts anew, which is an event too, where
 * the server has forgotten what came since.
 */
final class WatchStream implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WatchStream.class);
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  /** The server ends a watch after this time, … */
  private static final Duration LENGTH = Duration.ofMinutes(4);

  /** … and if it has not, the connection is dead. */
  private static final Duration DEAD = LENGTH.plusSeconds(30);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  private final KubernetesClient client;
  private final KubernetesSerialization serialization;
  private final String url;
  private final WakeLimiter.Timer timer;
  private final Runnable onEvent;
  private @Nullable String version;
  private @Nullable Connection connection;
  private Duration pause = FIRST_PAUSE;
  private boolean closed;

  /**
   * @param url of the collection
   */
  WatchStream(KubernetesClient client, String url, WakeLimiter.Timer timer, Runnable onEvent) {
    this.client = client;
    this.serialization = client.getKubernetesSerialization();
    this.url = url;
    this.timer = timer;
    this.onEvent = onEvent;
  }

  synchronized void open() {
    if (closed) {
      return;
    }
    Map<String, String> query = new LinkedHashMap<>();
    query.put("watch", "true");
    query.put("allowWatchBookmarks", "true");
    query.put("timeoutSeconds", String.valueOf(LENGTH.toSeconds()));
    if (version != null) {
      query.put("resourceVersion", version);
    }
    var opened = new Connection();
    connection = opened;
    var request =
        client
            .getHttpClient()
            .newHttpRequestBuilder()
            .uri(Api.query(url, query))
            .header(
                "Accept",
                "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json")
            .timeout(Api.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .forStreaming()
            .build();
    var _ =
        client
            .getHttpClient()
            .consumeBytes(request, opened::received)
            .whenComplete((answer, failure) -> opened.answered(answer, failure));
    timer.after(DEAD, opened::cut);
  }

  @Override
  public void close() {
    Connection open;
    synchronized (this) {
      closed = true;
      open = connection;
    }
    if (open != null) {
      open.cut();
    }
  }

  private synchronized void ended(Connection which, @Nullable Throwable failure) {
    if (closed || connection != which) {
      return;
    }
    connection = null;
    if (failure == null && which.heard) {
      pause = FIRST_PAUSE;
    } else {
      LOG.debug("Watch {} is cut: {}", url, failure == null ? "ended" : Faults.words(failure));
    }
    timer.after(pause, this::open);
    pause =
        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
  }

  private synchronized void saw(@Nullable String newest) {
    version = newest;
  }

  /** One answer of the server. Its methods are called one after the other by the client. */
  private final class Connection {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    private volatile boolean heard;
    private volatile @Nullable AsyncBody body;
    private volatile boolean cut;

    void answered(@Nullable HttpResponse<AsyncBody> answer, @Nullable Throwable failure) {
      if (answer == null) {
        ended(this, failure);
        return;
      }
      body = answer.body();
      var _ = answer.body().done().whenComplete((done, cause) -> ended(this, cause));
      if (cut || !answer.isSuccessful()) {
        if (answer.code() == 410) {
          saw(null);
        }
        LOG.debug("Watch {} answered {}", url, answer.code());
        answer.body().cancel();
        return;
      }
      answer.body().consume();
    }

    void received(List<ByteBuffer> buffers, AsyncBody from) throws IOException {
      boolean changed = false;
      for (var buffer : buffers) {
        while (buffer.hasRemaining()) {
          byte next = buffer.get();
          if (next != '\n') {
            line.write(next);
          } else if (line.size() > 0) {
            changed |= isChange(line.toString(StandardCharsets.UTF_8));
            line.reset();
          }
        }
      }
      if (changed) {
        onEvent.run();
      }
      from.consume();
    }

    private boolean isChange(String json) {
      heard = true;
      var event = serialization.unmarshal(json, MAP);
      var type = Json.text(event, "type");
      if ("ERROR".equals(type)) {
        saw(null); // 410: what came since is forgotten; any other is best met by a new start, too
        cut();
        return true;
      }
      var newest = Json.text(event, "object", "metadata", "resourceVersion");
      if (newest != null) {
        saw(newest);
      }
      return !"BOOKMARK".equals(type);
    }

    void cut() {
      cut = true;
      var open = body;
      if (open != null) {
        open.cancel();
      }
    }
  }
}
