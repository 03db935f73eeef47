package io.aviary.release.audit;

import io.aviary.release.Actor;
import io.aviary.release.Page;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The record of who did what. It is only ever added to: nothing changes an entry, and nothing but
 * its age removes one. Safe for use by many threads.
 */
public interface Audit {

  /**
   * Adds an entry, in the caller's transaction where there is one. Secrets in it are masked, and
   * what is too long is cut.
   */
  void add(
      AuditEntry.Kind kind,
      Actor actor,
      String action,
      @Nullable String subject,
      @Nullable String application,
      @Nullable String why);

  /** Newest first. */
  Page<AuditEntry> search(AuditFilter filter, int page, int size);

  /**
   * Removes what is older, for the retention and nobody else.
   *
   * @return how many entries
   */
  int forgetBefore(Instant time);
}
