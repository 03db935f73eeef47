package io.aviary.github;

import io.aviary.release.Actor;
import io.aviary.release.audit.AuditEntry;
import io.aviary.release.audit.OnlyWritten;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who did what to what, as a list. */
record WrittenAudit(List<String> audited) implements OnlyWritten {

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
}
