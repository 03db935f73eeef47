package io.aviary.web;

import io.aviary.release.Actor;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.Deliveries;
import io.aviary.release.DeliveryFilter;
import io.aviary.release.DeliveryView;
import io.aviary.release.DeliveryView.ApplicationVerdict;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.Page;
import io.aviary.release.ReleaseRefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Deliveries in memory; deciding again says the same again. */
public final class FakeDeliveries implements Deliveries {

  private final List<DeliveryView> all = new ArrayList<>();

  @Override
  public Optional<DeliveryView> ofRun(long run) {
    return all.stream()
        .filter(it -> it.applications().stream().anyMatch(v -> Long.valueOf(run).equals(v.run())))
        .findFirst();
  }

  public void clear() {
    all.clear();
  }

  public void add(String id, Verdict verdict, String reason, @Nullable Long run) {
    addOf("ornithology", id, verdict, reason, run);
  }

  public void addOf(
      String application, String id, Verdict verdict, String reason, @Nullable Long run) {
    var now = Instant.now();
    all.addFirst(
        new DeliveryView(
            id,
            "push",
            null,
            "otomato/" + application,
            "refs/heads/master",
            "0".repeat(40),
            TestServer.FakeHistory.HEAD,
            false,
            false,
            "wren",
            "Cache the list of species",
            "tern",
            now,
            verdict,
            reason,
            8123,
            "192.0.2.1",
            0,
            true,
            null,
            List.of(new ApplicationVerdict(application, verdict, reason, run, 0, now, "aviary")),
            List.of()));
  }

  @Override
  public Optional<DeliveryView> find(String id) {
    return all.stream().filter(delivery -> delivery.id().equals(id)).findFirst();
  }

  @Override
  public Page<DeliveryView> search(DeliveryFilter filter, int page, int size) {
    var found =
        all.stream()
            .filter(it -> filter.verdict() == null || it.verdict() == filter.verdict())
            .filter(it -> filter.within() == null || filter.within().containsAll(names(it)))
            .toList();
    var from = Math.min(found.size(), page * size);
    return new Page<>(
        found.subList(from, Math.min(found.size(), from + size)), page, size, found.size());
  }

  private static List<String> names(DeliveryView delivery) {
    return delivery.applications().stream().map(ApplicationVerdict::name).toList();
  }

  @Override
  public Optional<byte[]> body(String id) {
    return find(id).map(it -> "{}".getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public DeliveryView replay(String id, Actor actor) {
    return find(id)
        .orElseThrow(
            () ->
                new ReleaseRefusedException(
                    ReleaseRefusedException.Kind.UNKNOWN, "there is no delivery " + id));
  }

  @Override
  public Optional<DeliveryView.Verdict> verdict(
      ApplicationProperties application, String revision) {
    return Optional.empty();
  }
}
