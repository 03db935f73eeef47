package io.aviary.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one kind of objects in one namespace, of which it asks for no more than the metadata. No
 * thread waits for it. It goes on where it was after the server or the network has cut it, with a
 * growing pause where that happens again and again; and starts anew, which is an event too, where
 * the server has forgotten what came since.
 */
final class WatchStream implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WatchStream.class);

  private static final String METADATA_ONLY =
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

  /** The server ends a watch after this time, … */
  private static final Duration LENGTH = Duration.ofMinutes(4);

  /** … and if it has not, the connection is dead. */
  private static final Duration DEAD = LENGTH.plusSeconds(30);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  /** The connection that all watches of a cluster share. */
  interface Connections {
    /** Made at the first call. */
    KubernetesClient current();

    /** A watch got no answer by it: a new one is used from now on, if it was the current one. */
    void giveUp(KubernetesClient dead);
  }

  private final Connections connections;
  private final String path;
  private final WakeLimiter.Timer timer;
  private final Runnable onEvent;
  private @Nullable String version;
  private @Nullable Connection connection;
  private Duration pause = FIRST_PAUSE;
  private boolean isWarned;
  private boolean closed;

  /**
   * @param path of the collection
   */
  WatchStream(Connections connections, String path, WakeLimiter.Timer timer, Runnable onEvent) {
    this.connections = connections;
    this.path = path;
    this.timer = timer;
    this.onEvent = onEvent;
  }

  synchronized void open() {
    if (closed) {
      return;
    }
    Connection opened = new Connection();
    connection = opened;
    try {
      opened.request(version);
    } catch (RuntimeException e) {
      // Another watch has given the client up just now, or its configuration is bad.
      ended(opened, e);
    }
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
    LOG.debug("Watch {} is cut: {}", path, failure == null ? "ended" : Faults.words(failure));
    if (which.heard) {
      pause = FIRST_PAUSE;
    }
    timer.after(pause, this::open);
    pause =
        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
  }

  private synchronized void refused(int code) {
    if (!closed && !isWarned) {
      isWarned = true;
      LOG.warn(
          "The watch of {} was answered with {}: changes there are seen only by polling, later."
              + " Allow 'watch' on it.",
          path,
          code);
    }
  }

  private synchronized void saw(@Nullable String newest) {
    version = newest;
  }

  /** One answer of the server. Its methods are called one after the other by the client. */
  private final class Connection {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    private final KubernetesClient client = connections.current();
    private volatile boolean heard;
    private volatile boolean cut;
    private volatile @Nullable AsyncBody body;

    void request(@Nullable String from) {
      Map<String, String> query = new LinkedHashMap<>();
      query.put("watch", "true");
      query.put("timeoutSeconds", String.valueOf(LENGTH.toSeconds()));
      // 0 is any state that the server has at hand. Without a version, or with bookmarks from 0, it
      // asks its store for the newest, and answers with an error where that is an older etcd.
      query.put("resourceVersion", from == null ? "0" : from);
      if (from != null) {
        query.put("allowWatchBookmarks", "true");
      }
      var http = client.getHttpClient();
      var request =
          http.newHttpRequestBuilder()
              .uri(Api.address(client) + Api.query(path, query))
              .header("Accept", METADATA_ONLY)
              .timeout(Api.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
              .forStreaming()
              .build();
      var _ = http.consumeBytes(request, this::received).whenComplete(this::answered);
    }

    void answered(@Nullable HttpResponse<AsyncBody> answer, @Nullable Throwable failure) {
      if (answer == null) {
        if (failure != null && Faults.isSilence(failure)) {
          connections.giveUp(client);
        }
        ended(this, failure);
        return;
      }
      body = answer.body();
      var _ = answer.body().done().whenComplete((done, cause) -> ended(this, cause));
      if (cut || !answer.isSuccessful()) {
        if (answer.code() == 410) {
          saw(null);
        } else if (!answer.isSuccessful()) {
          refused(answer.code());
        }
        answer.body().cancel();
        return;
      }
      timer.after(DEAD, this::cut);
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
            changed |= isChange(line.toByteArray());
            line.reset();
          }
        }
      }
      if (changed) {
        onEvent.run();
      }
      from.consume();
    }

    private boolean isChange(byte[] json) {
      var event = Json.read(json);
      var type = Json.text(event, "type");
      if ("ERROR".equals(type)) {
        LOG.debug("Watch {} starts anew: {}", path, Json.text(event, "object", "message"));
        saw(null); // 410: what came since is forgotten; any other is best met by a new start, too
        cut();
        return false;
      }
      heard = true;
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
