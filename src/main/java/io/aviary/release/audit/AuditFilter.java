package io.aviary.release.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which entries a list shows; null: any.
 *
 * @param from at or after
 * @param to before
 */
public record AuditFilter(
    AuditEntry.@Nullable Kind kind,
    @Nullable String person,
    @Nullable String application,
    @Nullable Instant from,
    @Nullable Instant to) {

  public static final AuditFilter ALL = new AuditFilter(null, null, null, null, null);
}
