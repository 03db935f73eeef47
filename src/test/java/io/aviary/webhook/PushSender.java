package io.aviary.webhook;

import io.aviary.release.HmacSha256;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends signed pushes by one thread that takes as little of the processor as it can, because the
 * server that is measured has the same one: bodies are there before, only the commits in them and
 * the signature are made for each push, and connections stay open for as long as the server lets
 * them. For one thread.
 */
final class PushSender implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String BEFORE = "b".repeat(40);
  private static final String AFTER = "a".repeat(40);

  private final URI url;
  private final Selector selector;
  private final List<Application> applications = new ArrayList<>();
  private final Deque<Line> idle = new ArrayDeque<>();
  private final long first = System.currentTimeMillis() << 20;
  private long number;

  /**
   * @param connections so many pushes may be under way at a time
   */
  PushSender(URI url, int connections, List<Target> targets) throws IOException {
    this.url = url;
    this.selector = Selector.open();
    targets.forEach(target -> applications.add(new Application(target)));
    for (var i = 0; i < connections; i++) {
      idle.add(new Line());
    }
  }

  /** An application that is pushed to. */
  record Target(String repository, String secret) {}

  /** What came of it; times in nanoseconds, in order. */
  static final class Result {
    private final long[] nanos;
    private final int failures;
    private final Duration took;

    private Result(long[] nanos, int failures, Duration took) {
      this.nanos = nanos;
      this.failures = failures;
      this.took = took;
    }

    @Override
    public String toString() {
      return "%,d pushes in %.1f s: %,.0f a second; ms: p50 %.1f, p95 %.1f, p99 %.1f, max %.1f; refused or failed: %d"
          .formatted(
              nanos.length,
              took.toMillis() / 1e3,
              nanos.length * 1e9 / took.toNanos(),
              at(0.50),
              at(0.95),
              at(0.99),
              at(1),
              failures);
    }

    private double at(double part) {
      return nanos.length == 0 ? 0 : nanos[(int) Math.ceil(part * nanos.length) - 1] / 1e6;
    }
  }

  /**
   * Pushes to each application in turn.
   *
   * @param perSecond 0: as many as are taken. Else a push's time counts from when it was due, and
   *     not from when a connection was free for it
   */
  Result send(Duration time, int perSecond) throws IOException {
    var nanos = new long[1 << 20];
    var count = 0;
    var failures = 0;
    var start = System.nanoTime();
    var end = start + time.toNanos();
    var given = end + PATIENCE.toNanos();
    var underWay = 0;
    var sent = 0L;
    while (true) {
      var now = System.nanoTime();
      var due = perSecond == 0 ? now : start + sent * 1_000_000_000L / perSecond;
      while (due <= now && now < end && !idle.isEmpty()) {
        idle.remove().push(next(), due);
        sent++;
        underWay++;
        now = System.nanoTime();
        due = perSecond == 0 ? now : start + sent * 1_000_000_000L / perSecond;
      }
      if ((now >= end && underWay == 0) || now > given) {
        return new Result(sorted(nanos, count), failures + underWay, Duration.ofNanos(now - start));
      }
      if (idle.isEmpty() || now >= end) {
        selector.select(100);
      } else {
        // In whole milliseconds: what is due within this one is sent a little late, and counts so.
        selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(due - now)));
      }
      for (var key : selector.selectedKeys()) {
        var line = (Line) key.attachment();
        var wasUnderWay = line.isUnderWay;
        var status = line.read();
        if (wasUnderWay && status != 0) {
          nanos[count++] = System.nanoTime() - line.since;
          failures += status == 202 ? 0 : 1;
          underWay--;
          idle.add(line);
        }
      }
      selector.selectedKeys().clear();
    }
  }

  private static long[] sorted(long[] all, int count) {
    var nanos = Arrays.copyOf(all, count);
    Arrays.sort(nanos);
    return nanos;
  }

  /** The next push of each application goes on from its last. */
  private ByteBuffer next() {
    var at = number++;
    return applications
        .get((int) (at % applications.size()))
        .request("load-" + first + "-" + at, first + at - applications.size(), first + at);
  }

  @Override
  public void close() throws IOException {
    for (var key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }

  /** An application's body, in which only the commits change. */
  private final class Application {
    private final HmacSha256 secret;
    private final byte[] body;
    private final int[] before;
    private final int[] after;

    Application(Target target) {
      secret = new HmacSha256(target.secret());
      var text = body(target.repository());
      body = text.getBytes(StandardCharsets.UTF_8);
      before = places(text, BEFORE);
      after = places(text, AFTER);
    }

    ByteBuffer request(String id, long from, long to) {
      write(from, before);
      write(to, after);
      var head =
          """
          POST %s HTTP/1.1
          Host: %s
          Content-Type: application/json
          X-GitHub-Event: push
          X-GitHub-Delivery: %s
          X-Hub-Signature-256: %s
          Content-Length: %d

          """
              .formatted(url.getPath(), url.getAuthority(), id, secret.header(body), body.length)
              .replace("\n", "\r\n")
              .getBytes(StandardCharsets.US_ASCII);
      return ByteBuffer.allocate(head.length + body.length).put(head).put(body).flip();
    }

    private void write(long commit, int[] places) {
      var digits = "%040x".formatted(commit).getBytes(StandardCharsets.US_ASCII);
      for (var place : places) {
        System.arraycopy(digits, 0, body, place, digits.length);
      }
    }

    private static int[] places(String text, String what) {
      var places = new ArrayList<Integer>();
      for (var at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + 1)) {
        places.add(at);
      }
      return places.stream().mapToInt(Integer::intValue).toArray();
    }

    /** A repository has some forty addresses of its own in GitHub's bodies. */
    private static String body(String repository) {
      var filler = new StringBuilder();
      for (var i = 0; i < 40; i++) {
        filler
            .append("\"address_")
            .append(i)
            .append("_url\": \"https://api.github.com/repos/")
            .append(repository)
            .append("/some/resource/of/it{/sha}\", ");
      }
      return Pushes.body(repository, BEFORE, AFTER).replace("\"node_id\"", filler + "\"node_id\"");
    }
  }

  /** A connection, opened anew when the server has closed it. */
  private final class Line {
    private final ByteBuffer in = ByteBuffer.allocate(64 * 1024);
    private @Nullable SocketChannel channel;
    private long since;
    private boolean isUnderWay;

    void push(ByteBuffer request, long since) throws IOException {
      this.since = since;
      isUnderWay = true;
      if (channel == null) {
        channel = SocketChannel.open(new InetSocketAddress(url.getHost(), url.getPort()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
      }
      in.clear();
      // The kernel has room for one push; where it has not, it soon will.
      while (request.hasRemaining()) {
        channel.write(request);
      }
    }

    /** The status of the answer; 0: it is not here yet; -1: the connection ended before it was. */
    int read() throws IOException {
      var open = java.util.Objects.requireNonNull(channel);
      var ended = open.read(in) < 0;
      var answer = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
      var isWhole = isWhole(answer);
      if (ended || (isWhole && answer.contains("Connection: close"))) {
        open.close();
        channel = null;
      }
      isUnderWay &= !isWhole && !ended;
      return isWhole ? Integer.parseInt(answer.substring(9, 12)) : ended ? -1 : 0;
    }

    private static boolean isWhole(String answer) {
      var head = answer.indexOf("\r\n\r\n");
      if (head < 0) {
        return false;
      }
      var lower = answer.substring(0, head).toLowerCase(Locale.ROOT);
      var length = lower.indexOf("content-length: ");
      if (length < 0) {
        return answer.endsWith("0\r\n\r\n");
      }
      var end = lower.indexOf('\r', length);
      var digits = lower.substring(length + 16, end < 0 ? lower.length() : end);
      return answer.length() >= head + 4 + Integer.parseInt(digits.strip());
    }
  }
}
