package io.aviary.release.audit;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which entries a list shows; null: any.
 *
 * @param from at or after
 * @param to before
 * @param within only entries that concern one of these applications
 */
public record AuditFilter(
    AuditEntry.@Nullable Kind kind,
    @Nullable String person,
    @Nullable String application,
    @Nullable Instant from,
    @Nullable Instant to,
    @Nullable Set<String> within) {

  public AuditFilter {
    within = within == null ? null : Set.copyOf(within);
  }

  /** Of everything, unless an application is named. */
  public AuditFilter(
      AuditEntry.@Nullable Kind kind,
      @Nullable String person,
      @Nullable String application,
      @Nullable Instant from,
      @Nullable Instant to) {
    this(kind, person, application, from, to, null);
  }

  public static final AuditFilter ALL = new AuditFilter(null, null, null, null, null);
}
