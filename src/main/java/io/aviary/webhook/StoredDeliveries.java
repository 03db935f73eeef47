package io.aviary.webhook;

import io.aviary.release.Actor;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.Deliveries;
import io.aviary.release.DeliveryFilter;
import io.aviary.release.DeliveryView;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.Page;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.webhook.DeliveryRows.StoredVerdict;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Deliveries in the database. */
@Component
class StoredDeliveries implements Deliveries {

  private final DeliveryRows rows;
  private final Intake intake;
  private final Applications applications;

  StoredDeliveries(DeliveryRows rows, Intake intake, Applications applications) {
    this.rows = rows;
    this.intake = intake;
    this.applications = applications;
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<DeliveryView> find(String id) {
    return rows.view(id);
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<DeliveryView> ofRun(long run) {
    return rows.idOfRun(run).flatMap(rows::view);
  }

  @Override
  @Transactional(readOnly = true)
  public Page<DeliveryView> search(DeliveryFilter filter, int page, int size) {
    return new Page<>(rows.views(filter, page, size), page, size, rows.count(filter));
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<byte[]> body(String id) {
    return rows.body(id).flatMap(StoredBody::bytes);
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<Verdict> verdict(ApplicationProperties application, String revision) {
    return rows.verdict(application, revision);
  }

  @Override
  public DeliveryView replay(String id, Actor actor) {
    return intake.attempt(
        attempt -> {
          var there =
              rows.lock(id)
                  .orElseThrow(
                      () ->
                          new ReleaseRefusedException(
                              ReleaseRefusedException.Kind.UNKNOWN, "there is no delivery " + id));
          var recipients =
              rows.verdicts(List.of(there.seq())).getOrDefault(there.seq(), List.of()).stream()
                  .filter(StoredVerdict::latest)
                  .filter(verdict -> !verdict.asksGit())
                  .flatMap(
                      it ->
                          applications.find(it.verdict().name()).stream()
                              .map(found -> new Recipient(found, it.verdict().secret())))
                  .toList();
          intake.replay(there, recipients, actor);
          return rows.view(id).orElseThrow();
        });
  }
}
