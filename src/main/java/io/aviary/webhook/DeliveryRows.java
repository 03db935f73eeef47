package io.aviary.webhook;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.DeliveryFilter;
import io.aviary.release.DeliveryView;
import io.aviary.release.DeliveryView.ApplicationVerdict;
import io.aviary.release.DeliveryView.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** The tables of deliveries, their bodies and verdicts. */
@Component
class DeliveryRows {

  private static final String DELIVERY =
      "d.seq, d.id, d.event, d.action, d.repository, d.ref, d.before_commit, d.after_commit, d.forced,"
          + " d.deleted, d.sender, d.message, d.author, d.received_at, d.verdict, d.reason,"
          + " d.size_bytes, d.address, d.redeliveries, d.body_stored, d.note";

  private static final String CONCERNS =
      "EXISTS (SELECT 1 FROM delivery_verdict c WHERE c.delivery = d.seq AND c.application";

  /** A delivery that is stored. */
  record StoredDelivery(long seq, Delivery delivery) {}

  /**
   * A verdict that is stored.
   *
   * @param asksGit the verdict hangs on what git says
   */
  record StoredVerdict(
      long id, long seq, ApplicationVerdict verdict, boolean latest, boolean asksGit) {}

  private final JdbcClient jdbc;

  DeliveryRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  // ---- writing

  /**
   * @return the row's number
   * @throws org.springframework.dao.DuplicateKeyException if the delivery is there already
   */
  long insert(Delivery delivery, StoredBody body, Verdict verdict, String reason) {
    var push = delivery.push();
    var key = new GeneratedKeyHolder();
    jdbc.sql(
            "INSERT INTO delivery (id, event, action, repository, ref, before_commit, after_commit, forced,"
                + " deleted, sender, message, author, received_at, verdict, reason, size_bytes, address,"
                + " body_stored, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .param(delivery.id())
        .param(delivery.event())
        .param(new SqlParameterValue(Types.VARCHAR, delivery.action()))
        .param(new SqlParameterValue(Types.VARCHAR, delivery.repository()))
        .param(new SqlParameterValue(Types.VARCHAR, push == null ? null : push.ref()))
        .param(new SqlParameterValue(Types.VARCHAR, push == null ? null : push.before()))
        .param(new SqlParameterValue(Types.VARCHAR, push == null ? null : push.after()))
        .param(push != null && push.forced())
        .param(push != null && push.deleted())
        .param(new SqlParameterValue(Types.VARCHAR, delivery.sender()))
        .param(new SqlParameterValue(Types.VARCHAR, push == null ? null : push.message()))
        .param(new SqlParameterValue(Types.VARCHAR, push == null ? null : push.author()))
        .param(utc(delivery.receivedAt()))
        .param(verdict.name())
        .param(reason)
        .param(delivery.size())
        .param(new SqlParameterValue(Types.VARCHAR, delivery.address()))
        .param(body.gzip() != null)
        .param(new SqlParameterValue(Types.VARCHAR, body.note()))
        .update(key, "seq");
    var seq = Objects.requireNonNull(key.getKey()).longValue();
    if (body.gzip() != null) {
      jdbc.sql("INSERT INTO delivery_body (delivery, gzip) VALUES (?, ?)")
          .param(seq)
          .param(new SqlParameterValue(Types.VARBINARY, body.gzip()))
          .update();
    }
    return seq;
  }

  /**
   * @return the row's number
   */
  long insert(long seq, ApplicationVerdict verdict, boolean asksGit) {
    var key = new GeneratedKeyHolder();
    jdbc.sql(
            "INSERT INTO delivery_verdict (delivery, application, verdict, reason, run_id, secret, decided_at,"
                + " decided_by, latest, asks_git) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .param(seq)
        .param(verdict.name())
        .param(verdict.verdict().name())
        .param(verdict.reason())
        .param(new SqlParameterValue(Types.BIGINT, verdict.run()))
        .param(new SqlParameterValue(Types.INTEGER, verdict.secret()))
        .param(utc(verdict.decidedAt()))
        .param(verdict.by())
        .param(true)
        .param(asksGit)
        .update(key, "id");
    return Objects.requireNonNull(key.getKey()).longValue();
  }

  /** GitHub's id of the delivery for which the run was made. */
  Optional<String> idOfRun(long run) {
    return jdbc.sql(
            "SELECT d.id FROM delivery_verdict v JOIN delivery d ON d.seq = v.delivery"
                + " WHERE v.run_id = ? AND v.verdict = 'ACCEPTED' ORDER BY v.id LIMIT 1")
        .param(run)
        .query(String.class)
        .optional();
  }

  /** The verdicts of one application so far are history. */
  void retire(long seq, String application) {
    jdbc.sql("UPDATE delivery_verdict SET latest = FALSE WHERE delivery = ? AND application = ?")
        .param(seq)
        .param(application)
        .update();
  }

  /** Git has answered. */
  void settle(long id, Verdict verdict, String reason, @Nullable Long run, Instant now) {
    jdbc.sql(
            "UPDATE delivery_verdict SET verdict = ?, reason = ?, run_id = ?, decided_at = ?, asks_git = FALSE WHERE id = ?")
        .param(verdict.name())
        .param(reason)
        .param(new SqlParameterValue(Types.BIGINT, run))
        .param(utc(now))
        .param(id)
        .update();
  }

  /** Why git has not answered yet. */
  void explain(long id, String reason) {
    jdbc.sql("UPDATE delivery_verdict SET reason = ? WHERE id = ? AND asks_git")
        .param(reason)
        .param(id)
        .update();
  }

  /** Sums up the latest verdicts in the delivery's own row. */
  void summarize(long seq) {
    var summary =
        Summary.of(
            verdicts(List.of(seq)).getOrDefault(seq, List.of()).stream()
                .filter(StoredVerdict::latest)
                .map(StoredVerdict::verdict)
                .toList());
    jdbc.sql("UPDATE delivery SET verdict = ?, reason = ? WHERE seq = ?")
        .param(summary.verdict().name())
        .param(summary.reason())
        .param(seq)
        .update();
  }

  void countRedelivery(long seq) {
    jdbc.sql("UPDATE delivery SET redeliveries = redeliveries + 1 WHERE seq = ?")
        .param(seq)
        .update();
  }

  // ---- reading

  /**
   * Which of these deliveries are stored.
   *
   * @return to be changed by the caller
   */
  Set<String> known(Collection<String> ids) {
    return new HashSet<>(
        jdbc.sql("SELECT id FROM delivery WHERE id = ANY (?)")
            .param(new SqlArrayValue("varchar", ids.toArray()))
            .query((row, n) -> row.getString("id"))
            .list());
  }

  /** Locks the delivery until the transaction ends. */
  Optional<StoredDelivery> lock(String id) {
    return jdbc.sql("SELECT " + DELIVERY + " FROM delivery d WHERE d.id = ? FOR UPDATE")
        .param(id)
        .query((row, n) -> stored(row))
        .optional();
  }

  Optional<StoredDelivery> find(long seq) {
    return jdbc.sql("SELECT " + DELIVERY + " FROM delivery d WHERE d.seq = ?")
        .param(seq)
        .query((row, n) -> stored(row))
        .optional();
  }

  Optional<StoredVerdict> verdict(long id) {
    return jdbc.sql("SELECT * FROM delivery_verdict WHERE id = ?")
        .param(id)
        .query((row, n) -> verdict(row))
        .optional();
  }

  /** Locks the verdict until the transaction ends; empty: it is gone or has been settled. */
  Optional<StoredVerdict> lockQuestion(long id) {
    return jdbc.sql("SELECT * FROM delivery_verdict WHERE id = ? AND asks_git FOR UPDATE")
        .param(id)
        .query((row, n) -> verdict(row))
        .optional();
  }

  /** The verdicts of deliveries, by the delivery's number, oldest first. */
  Map<Long, List<StoredVerdict>> verdicts(Collection<Long> seqs) {
    if (seqs.isEmpty()) {
      return Map.of();
    }
    var found = new HashMap<Long, List<StoredVerdict>>();
    jdbc.sql("SELECT * FROM delivery_verdict WHERE delivery IN (:seqs) ORDER BY id")
        .param("seqs", seqs)
        .query((row, n) -> verdict(row))
        .list()
        .forEach(it -> found.computeIfAbsent(it.seq(), any -> new ArrayList<>()).add(it));
    return found;
  }

  /** Whether some verdict is on record about this head of the application's branch. */
  boolean hasVerdict(ApplicationProperties application, String head) {
    return exists(application, "after_commit", head);
  }

  /** Whether the application's branch is on record as having left this head for another. */
  boolean wasLeft(ApplicationProperties application, String head) {
    return exists(application, "before_commit", head);
  }

  /** Empty: no such push is on record, or git has yet to be asked about it. */
  Optional<Verdict> verdict(ApplicationProperties application, String head) {
    return jdbc.sql(
            "SELECT v.verdict FROM delivery d JOIN delivery_verdict v ON v.delivery = d.seq WHERE d.after_commit = ?"
                + " AND d.ref = ? AND v.application = ? AND v.latest AND NOT v.asks_git ORDER BY v.id DESC FETCH FIRST ROW ONLY")
        .param(head)
        .param("refs/heads/" + application.branch())
        .param(application.name())
        .query((row, n) -> Verdict.valueOf(row.getString("verdict")))
        .optional();
  }

  private boolean exists(ApplicationProperties application, String column, String commit) {
    return jdbc.sql(
            "SELECT 1 FROM delivery d JOIN delivery_verdict v ON v.delivery = d.seq WHERE d."
                + column
                + " = ? AND d.ref = ? AND v.application = ? FETCH FIRST ROW ONLY")
        .param(commit)
        .param("refs/heads/" + application.branch())
        .param(application.name())
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  Optional<DeliveryView> view(String id) {
    return jdbc.sql("SELECT seq FROM delivery WHERE id = ?")
        .param(id)
        .query(Long.class)
        .optional()
        .flatMap(seq -> views(List.of(seq), true).stream().findFirst());
  }

  List<DeliveryView> views(DeliveryFilter filter, int page, int size) {
    var seqs =
        filtered(
                "SELECT d.seq",
                filter,
                " ORDER BY d.seq DESC OFFSET :offset ROWS FETCH NEXT :size ROWS ONLY")
            .param("offset", (long) page * size)
            .param("size", size)
            .query((row, n) -> row.getLong(1))
            .list();
    return views(seqs, false);
  }

  private List<DeliveryView> views(List<Long> seqs, boolean withEarlier) {
    if (seqs.isEmpty()) {
      return List.of();
    }
    var verdicts = verdicts(seqs);
    return jdbc.sql(
            "SELECT " + DELIVERY + " FROM delivery d WHERE d.seq IN (:seqs) ORDER BY d.seq DESC")
        .param("seqs", seqs)
        .query(
            (row, n) ->
                view(row, verdicts.getOrDefault(row.getLong("seq"), List.of()), withEarlier))
        .list();
  }

  long count(DeliveryFilter filter) {
    return filtered("SELECT COUNT(*)", filter, "").query(Long.class).single();
  }

  private JdbcClient.StatementSpec filtered(String select, DeliveryFilter filter, String rest) {
    var application = filter.application();
    var verdict = filter.verdict();
    var sql = new StringBuilder(select).append(" FROM delivery d");
    var params = new HashMap<String, Object>();
    if (application != null) {
      sql.append(
          " JOIN delivery_verdict v ON v.delivery = d.seq AND v.latest AND v.application = :application");
      params.put("application", application);
    }
    var conditions = new ArrayList<String>();
    if (verdict != null) {
      conditions.add(application == null ? "d.verdict = :verdict" : "v.verdict = :verdict");
      params.put("verdict", verdict.name());
    }
    var within = filter.within();
    if (within != null && within.isEmpty()) {
      conditions.add("FALSE");
    } else if (within != null) {
      conditions.add(CONCERNS + " IN (:within))");
      conditions.add("NOT " + CONCERNS + " NOT IN (:within))");
      params.put("within", within);
    }
    if (!conditions.isEmpty()) {
      sql.append(" WHERE ").append(String.join(" AND ", conditions));
    }
    return jdbc.sql(sql.append(rest).toString()).params(params);
  }

  /** Empty: there is no such delivery, or its body was not stored. */
  Optional<StoredBody> body(String id) {
    return jdbc.sql(
            "SELECT b.gzip FROM delivery_body b JOIN delivery d ON d.seq = b.delivery WHERE d.id = ?")
        .param(id)
        .query((row, n) -> new StoredBody(row.getBytes("gzip"), null))
        .optional();
  }

  // ---- rows

  private static StoredDelivery stored(ResultSet row) throws SQLException {
    var ref = row.getString("ref");
    var push =
        ref == null
            ? null
            : new Push(
                ref,
                row.getString("before_commit"),
                row.getString("after_commit"),
                row.getBoolean("forced"),
                row.getBoolean("deleted"),
                row.getString("message"),
                row.getString("author"));
    return new StoredDelivery(
        row.getLong("seq"),
        new Delivery(
            row.getString("id"),
            row.getString("event"),
            row.getString("action"),
            row.getString("repository"),
            row.getString("sender"),
            push,
            instant(row, "received_at"),
            row.getLong("size_bytes"),
            row.getString("address")));
  }

  private static StoredVerdict verdict(ResultSet row) throws SQLException {
    return new StoredVerdict(
        row.getLong("id"),
        row.getLong("delivery"),
        new ApplicationVerdict(
            row.getString("application"),
            Verdict.valueOf(row.getString("verdict")),
            row.getString("reason"),
            row.getObject("run_id", Long.class),
            row.getObject("secret", Integer.class),
            instant(row, "decided_at"),
            row.getString("decided_by")),
        row.getBoolean("latest"),
        row.getBoolean("asks_git"));
  }

  private static DeliveryView view(ResultSet row, List<StoredVerdict> verdicts, boolean withEarlier)
      throws SQLException {
    return new DeliveryView(
        row.getString("id"),
        row.getString("event"),
        row.getString("action"),
        row.getString("repository"),
        row.getString("ref"),
        row.getString("before_commit"),
        row.getString("after_commit"),
        row.getBoolean("forced"),
        row.getBoolean("deleted"),
        row.getString("sender"),
        row.getString("message"),
        row.getString("author"),
        instant(row, "received_at"),
        Verdict.valueOf(row.getString("verdict")),
        row.getString("reason"),
        row.getLong("size_bytes"),
        row.getString("address"),
        row.getInt("redeliveries"),
        row.getBoolean("body_stored"),
        row.getString("note"),
        verdicts.stream().filter(StoredVerdict::latest).map(StoredVerdict::verdict).toList(),
        withEarlier
            ? verdicts.stream().filter(it -> !it.latest()).map(StoredVerdict::verdict).toList()
            : List.of());
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
