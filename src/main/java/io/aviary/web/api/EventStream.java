package io.aviary.web.api;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * Server-sent events, written by the request's own (virtual) thread. Its methods throw once the
 * reader has gone.
 */
public final class EventStream {

  /** How long a stream may say nothing: proxies end connections that are silent for a minute. */
  public static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private final HttpServletResponse response;

  public EventStream(HttpServletResponse response) throws IOException {
    this.response = response;
    response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
    response.setCharacterEncoding(StandardCharsets.UTF_8);
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.setHeader("X-Accel-Buffering", "no");
    write("retry: 2000\n\n");
  }

  /**
   * Sends an event.
   *
   * @param id what the reader says that it saw last when it comes again; null: leaves that as it is
   * @param data may have several lines
   */
  public void send(String event, @Nullable Long id, String data) throws IOException {
    var text = new StringBuilder();
    if (id != null) {
      text.append("id: ").append(id).append('\n');
    }
    text.append("event: ").append(event).append('\n');
    data.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
    if (data.isEmpty()) {
      text.append("data:\n");
    }
    write(text.append('\n').toString());
  }

  /** Says nothing, and notices whether the reader is still there. */
  public void heartbeat() throws IOException {
    write(": still here\n\n");
  }

  private void write(String text) throws IOException {
    response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    response.flushBuffer();
  }
}
