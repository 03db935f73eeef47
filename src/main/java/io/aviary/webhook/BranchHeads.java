package io.aviary.webhook;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.DeliveryView.Verdict;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * The newest head that each application's branch is known to have. Who decides about a push locks
 * it, so that no two pushes of a branch are decided about at the same time.
 */
@Component
class BranchHeads {

  /**
   * A row.
   *
   * @param base what the next push is compared with where the application has paths: all that came
   *     before it is released, or was left out deliberately
   * @param baseAt since when
   * @param isDecided false: nobody told of it, it was taken as known
   */
  record BranchHead(String head, String base, Instant baseAt, boolean isDecided) {}

  private final JdbcClient jdbc;

  BranchHeads(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Locks the head until the transaction ends; empty: none is known yet. */
  Optional<BranchHead> lock(ApplicationProperties application) {
    return read(application, " FOR UPDATE");
  }

  /**
   * Locks the heads of these applications until the transaction ends, without waiting.
   *
   * @param applications each only once
   * @return names of those applications whose head somebody else has locked
   */
  Set<String> lockFree(Collection<ApplicationProperties> applications) {
    if (applications.isEmpty()) {
      return Set.of();
    }
    var names = applications.stream().map(ApplicationProperties::name).toArray();
    var locked = names(names, " FOR UPDATE SKIP LOCKED");
    var others = applications.stream().filter(it -> !locked.contains(Key.of(it))).toList();
    if (others.isEmpty()) {
      return Set.of();
    }
    // Of a branch that nobody knows yet there is no head to lock.
    var there = names(names, "");
    return others.stream()
        .filter(it -> there.contains(Key.of(it)))
        .map(ApplicationProperties::name)
        .collect(Collectors.toSet());
  }

  private record Key(String application, String branch) {
    static Key of(ApplicationProperties application) {
      return new Key(application.name(), application.branch());
    }
  }

  private Set<Key> names(Object[] applications, String how) {
    return Set.copyOf(
        jdbc.sql("SELECT application, branch FROM branch_head WHERE application = ANY (?)" + how)
            .param(new SqlArrayValue("varchar", applications))
            .query((row, n) -> new Key(row.getString("application"), row.getString("branch")))
            .list());
  }

  Optional<BranchHead> find(ApplicationProperties application) {
    return read(application, "");
  }

  private Optional<BranchHead> read(ApplicationProperties application, String how) {
    return jdbc.sql(
            "SELECT head, base, base_at, verdict FROM branch_head WHERE application = ? AND branch = ?"
                + how)
        .param(application.name())
        .param(application.branch())
        .query(
            (row, n) ->
                new BranchHead(
                    row.getString("head"),
                    row.getString("base"),
                    row.getObject("base_at", OffsetDateTime.class).toInstant(),
                    row.getString("verdict") != null))
        .optional();
  }

  /**
   * The first head that is known of a branch.
   *
   * @param verdict null: taken as known
   * @throws org.springframework.dao.DuplicateKeyException if another one was quicker
   */
  void insert(
      ApplicationProperties application,
      String head,
      @Nullable Verdict verdict,
      String base,
      Instant now) {
    var at = now.atOffset(ZoneOffset.UTC);
    jdbc.sql(
            "INSERT INTO branch_head (application, branch, head, known_at, verdict, base, base_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
        .param(application.name())
        .param(application.branch())
        .param(head)
        .param(at)
        .param(new SqlParameterValue(Types.VARCHAR, verdict == null ? null : verdict.name()))
        .param(base)
        .param(at)
        .update();
  }

  /** The lock must be held. */
  void move(ApplicationProperties application, String head, Verdict verdict, Instant now) {
    jdbc.sql(
            "UPDATE branch_head SET head = ?, known_at = ?, verdict = ? WHERE application = ? AND branch = ?")
        .param(head)
        .param(now.atOffset(ZoneOffset.UTC))
        .param(verdict.name())
        .param(application.name())
        .param(application.branch())
        .update();
  }

  /** The lock must be held. */
  void rebase(ApplicationProperties application, String base, Instant now) {
    jdbc.sql("UPDATE branch_head SET base = ?, base_at = ? WHERE application = ? AND branch = ?")
        .param(base)
        .param(now.atOffset(ZoneOffset.UTC))
        .param(application.name())
        .param(application.branch())
        .update();
  }
}
