package io.aviary.simulation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.node.ObjectNode;

/** Webhooks and what was sent to them: signed as GitHub signs, 10 s each, never tried again. */
final class GitHubHooks implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** Where events of a repository go. */
  record Hook(long id, String repository, String url, String secret) {}

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();
  private final List<Hook> hooks = new CopyOnWriteArrayList<>();
  private final List<GitHubStandIn.Delivery> deliveries = new CopyOnWriteArrayList<>();
  private final LongSupplier ids;

  GitHubHooks(AtomicLong ids) {
    this.ids = ids::incrementAndGet;
  }

  /** Replaces the one with that URL. */
  Hook add(String repository, String url, String secret) {
    hooks.removeIf(hook -> hook.repository().equals(repository) && hook.url().equals(url));
    var hook = new Hook(ids.getAsLong(), repository, url, secret);
    hooks.add(hook);
    return hook;
  }

  List<Hook> of(String repository) {
    return hooks.stream().filter(hook -> hook.repository().equals(repository)).toList();
  }

  Optional<Hook> find(long id) {
    return hooks.stream().filter(hook -> hook.id() == id).findFirst();
  }

  /** Newest last. */
  List<GitHubStandIn.Delivery> deliveries() {
    return List.copyOf(deliveries);
  }

  GitHubStandIn.Delivery deliver(Hook hook, String event, ObjectNode document) {
    return send(hook, event, document.toString(), UUID.randomUUID().toString());
  }

  /** Sends the same bytes under the same id. */
  GitHubStandIn.Delivery again(GitHubStandIn.Delivery delivery) {
    var hook =
        find(delivery.hook())
            .orElseThrow(
                () -> new IllegalStateException("the hook of " + delivery.guid() + " is gone"));
    return send(hook, delivery.event(), delivery.payload(), delivery.guid());
  }

  private GitHubStandIn.Delivery send(Hook hook, String event, String body, String guid) {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    var request =
        HttpRequest.newBuilder(URI.create(hook.url()))
            .timeout(LIMIT)
            .header("Content-Type", "application/json")
            .header("User-Agent", "GitHub-Hookshot/044aadd")
            .header("X-GitHub-Event", event)
            .header("X-GitHub-Delivery", guid)
            .header("X-GitHub-Hook-ID", Long.toString(hook.id()))
            .header("X-GitHub-Hook-Installation-Target-Type", "repository")
            .header("X-Hub-Signature", "sha1=" + sign("HmacSHA1", hook.secret(), bytes))
            .header("X-Hub-Signature-256", "sha256=" + sign("HmacSHA256", hook.secret(), bytes))
            .POST(HttpRequest.BodyPublishers.ofByteArray(bytes))
            .build();
    var status = 0;
    String answer;
    try {
      var response = http.send(request, HttpResponse.BodyHandlers.ofString());
      status = response.statusCode();
      answer = response.body();
    } catch (IOException e) {
      answer = String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer = "interrupted";
    }
    var redelivery = deliveries.stream().anyMatch(each -> each.guid().equals(guid));
    var delivery =
        new GitHubStandIn.Delivery(
            ids.getAsLong(),
            guid,
            hook.repository(),
            hook.id(),
            event,
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            redelivery,
            status,
            body,
            answer);
    deliveries.add(delivery);
    return delivery;
  }

  static String sign(String algorithm, String secret, byte[] body) {
    try {
      var mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), algorithm));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
