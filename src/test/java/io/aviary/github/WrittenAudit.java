package io.aviary.github;

import io.aviary.release.Actor;
import io.aviary.release.Page;
import io.aviary.release.audit.Audit;
import io.aviary.release.audit.AuditEntry;
import io.aviary.release.audit.AuditFilter;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who did what to what, as a list. */
record WrittenAudit(List<String> audited) implements Audit {

  @Override
  public void add(
      AuditEntry.Kind kind,
      Actor actor,
      String action,
      @Nullable String subject,
      @Nullable String application,
      @Nullable String why) {
    audited.add(actor.name() + " " + action + " " + subject);
  }

  @Override
  public Page<AuditEntry> search(AuditFilter filter, int page, int size) {
    return new Page<>(List.of(), page, size, 0);
  }

  @Override
  public int forgetBefore(Instant time) {
    return 0;
  }
}
