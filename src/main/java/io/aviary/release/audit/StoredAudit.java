package io.aviary.release.audit;

import io.aviary.release.Actor;
import io.aviary.release.Page;
import io.aviary.release.masking.Masking;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The audit's table. */
@Component
class StoredAudit implements Audit {

  private static final int LONGEST_REASON = 4000;

  private final JdbcClient jdbc;
  private final InstantSource clock;
  private final Masking masking;

  StoredAudit(JdbcClient jdbc, InstantSource clock, Masking masking) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.masking = masking;
  }

  @Override
  public void add(
      AuditEntry.Kind kind,
      Actor actor,
      String action,
      @Nullable String subject,
      @Nullable String application,
      @Nullable String why) {
    jdbc.sql(
            "INSERT INTO audit (at, kind, person, address, action, subject, application, why)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Arrays.asList(
                clock.instant().atOffset(ZoneOffset.UTC),
                kind.name(),
                cut(actor.name(), 255),
                cut(actor.address(), 100),
                cut(action, 100),
                cut(subject, 300),
                cut(application, 200),
                cut(why, LONGEST_REASON)))
        .update();
  }

  /** No database takes the character NUL. */
  private @Nullable String cut(@Nullable String text, int longest) {
    var masked = masking.maskNullable(text);
    if (masked == null) {
      return null;
    }
    var plain = masked.replace('\0', ' ');
    return plain.length() <= longest ? plain : plain.substring(0, longest - 1) + "…";
  }

  @Override
  public Page<AuditEntry> search(AuditFilter filter, int page, int size) {
    var conditions = new ArrayList<String>();
    var values = new ArrayList<Object>();
    where(conditions, values, "kind = ?", filter.kind() == null ? null : filter.kind().name());
    where(conditions, values, "person = ?", filter.person());
    where(conditions, values, "application = ?", filter.application());
    where(conditions, values, "at >= ?", utc(filter.from()));
    where(conditions, values, "at < ?", utc(filter.to()));
    if (filter.within() != null) {
      var places = String.join(", ", Collections.nCopies(filter.within().size(), "?"));
      conditions.add(filter.within().isEmpty() ? "FALSE" : "application IN (" + places + ")");
      values.addAll(filter.within());
    }
    var where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    var total =
        jdbc.sql("SELECT COUNT(*) FROM audit" + where).params(values).query(Long.class).single();
    var paged = new ArrayList<>(values);
    paged.addAll(List.of((long) page * size, size));
    var items =
        jdbc.sql(
                "SELECT id, at, kind, person, address, action, subject, application, why FROM audit"
                    + where
                    + " ORDER BY id DESC OFFSET ? ROWS FETCH NEXT ? ROWS ONLY")
            .params(paged)
            .query(
                (row, n) ->
                    new AuditEntry(
                        row.getLong("id"),
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        AuditEntry.Kind.valueOf(row.getString("kind")),
                        row.getString("person"),
                        row.getString("address"),
                        row.getString("action"),
                        row.getString("subject"),
                        row.getString("application"),
                        row.getString("why")))
            .list();
    return new Page<>(items, page, size, total);
  }

  private static void where(
      List<String> conditions, List<Object> values, String condition, @Nullable Object value) {
    if (value != null) {
      conditions.add(condition);
      values.add(value);
    }
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }

  @Override
  public int forgetBefore(Instant time) {
    return jdbc.sql("DELETE FROM audit WHERE at < ?").param(time.atOffset(ZoneOffset.UTC)).update();
  }
}
