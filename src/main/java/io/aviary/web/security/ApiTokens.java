package io.aviary.web.security;

import io.aviary.release.Applications;
import io.aviary.release.Page;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Role;
import io.aviary.release.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.stereotype.Component;

/**
 * API tokens that people make for their programs. A token may do at most what its owner could when
 * they made it, in the applications that they named. Its value is told once and stored nowhere:
 * what is kept is the SHA-256 of 256 random bits, which nobody can guess a value from.
 */
@Component
public class ApiTokens {

  static final String BEGINNING = "aviary_";

  /** Enough to know a token again, and little of what is to be guessed. */
  private static final int PREFIX = BEGINNING.length() + 5;

  /** When it was used last is known to about an hour: not each request writes. */
  private static final Duration COARSE = Duration.ofHours(1);

  private static final Duration LONGEST = Duration.ofDays(3653);
  private static final int MOST_OF_ONE = 100;
  private static final String BY_PASSWORD = "password";

  private final JdbcClient jdbc;
  private final InstantSource clock;
  private final UserDetailsService people;
  private final Applications applications;
  private final SecureRandom random = new SecureRandom();

  ApiTokens(
      JdbcClient jdbc, InstantSource clock, UserDetailsService people, Applications applications) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.people = people;
    this.applications = applications;
  }

  /**
   * A token as lists show it.
   *
   * @param prefix the value's beginning
   * @param applications empty: all that its owner may use
   * @param expiresAt null: never
   * @param usedAt to about an hour; null: not yet
   */
  public record ApiToken(
      long id,
      String name,
      String owner,
      String prefix,
      Role role,
      List<String> applications,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant revokedAt,
      @Nullable Instant usedAt) {

    public boolean isUsable(Instant now) {
      return revokedAt == null && (expiresAt == null || expiresAt.isAfter(now));
    }
  }

  /**
   * A token that was just made.
   *
   * @param value told this once
   */
  public record NewToken(ApiToken token, String value) {
    @Override
    public String toString() {
      return "NewToken[" + token.prefix() + "…]";
    }
  }

  /**
   * Makes a token.
   *
   * @param applications empty: all that its owner may use
   * @param expires null: never
   * @throws ReleaseRefusedException if it would be allowed more than its owner, or lasts longer
   */
  public NewToken create(
      Caller caller, String name, Role role, List<String> applications, @Nullable Instant expires) {
    var now = clock.instant();
    if (expires != null && !expires.isAfter(now)) {
      throw refused("the token would have expired already at " + expires);
    }
    if (expires != null && expires.isAfter(now.plus(LONGEST))) {
      throw refused("a token lasts at most ten years, or for ever without a time");
    }
    for (var application : applications) {
      // Not any text: grants are stored as lines.
      if (this.applications.find(application).isEmpty()) {
        throw refused("no application '" + application + "' is configured");
      }
    }
    var grants = grants(caller, role, applications);
    var owner = owner(caller);
    var mine = mine(caller.authentication());
    if (mine != null
        && mine.expiresAt() != null
        && (expires == null || expires.isAfter(mine.expiresAt()))) {
      throw refused(
          "a token cannot make one that lasts longer than itself, until " + mine.expiresAt());
    }
    if (list(owner, 0, 1).total() >= MOST_OF_ONE) {
      throw refused(owner + " has " + MOST_OF_ONE + " tokens; revoke one first");
    }
    var bytes = new byte[32];
    random.nextBytes(bytes);
    var value = BEGINNING + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    jdbc.sql(
            "INSERT INTO api_token (hash, prefix, name, owner, origin, role, applications, grants,"
                + " created_at, expires_at) VALUES (:hash, :prefix, :name, :owner, :origin, :role,"
                + " :applications, :grants, :created, :expires)")
        .param("hash", Sha256.hex(value))
        .param("prefix", value.substring(0, PREFIX))
        .param("name", name)
        .param("owner", owner)
        .param("origin", origin(caller.authentication()))
        .param("role", role.name())
        .param(
            "applications",
            applications.isEmpty() ? null : String.join("\n", applications),
            Types.VARCHAR)
        .param("grants", written(grants))
        .param("created", utc(now))
        .param("expires", expires == null ? null : utc(expires), Types.TIMESTAMP_WITH_TIMEZONE)
        .update();
    return new NewToken(byHash(Sha256.hex(value)).orElseThrow().token, value);
  }

  /** Those of one owner, the newest first, without the revoked; null: everybody's. */
  public Page<ApiToken> list(@Nullable String owner, int page, int size) {
    var where =
        " FROM api_token WHERE revoked_at IS NULL" + (owner == null ? "" : " AND owner = ?");
    var of = new ArrayList<Object>();
    if (owner != null) {
      of.add(owner);
    }
    var total = jdbc.sql("SELECT COUNT(*)" + where).params(of).query(Long.class).single();
    of.add((long) page * size);
    of.add(size);
    var items =
        jdbc.sql("SELECT *" + where + " ORDER BY id DESC OFFSET ? ROWS FETCH NEXT ? ROWS ONLY")
            .params(of)
            .query((row, n) -> token(row))
            .list();
    return new Page<>(items, page, size, total);
  }

  /**
   * From now on the token lets nobody in. Its row stays, for the audit.
   *
   * @throws ReleaseRefusedException if there is none that the caller may revoke
   */
  public ApiToken revoke(long id, Caller caller) {
    var found =
        jdbc.sql("SELECT * FROM api_token WHERE id = ? AND revoked_at IS NULL")
            .param(id)
            .query((row, n) -> token(row))
            .optional()
            // Somebody else's is answered like one that is not there: nobody learns which exist.
            .filter(it -> it.owner().equals(owner(caller)) || caller.may(Right.ALL_TOKENS, null))
            .orElseThrow(
                () ->
                    new ReleaseRefusedException(
                        ReleaseRefusedException.Kind.UNKNOWN, "there is no token " + id));
    var _ =
        jdbc.sql("UPDATE api_token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")
            .params(utc(clock.instant()), id)
            .update();
    return found;
  }

  /** Whose tokens somebody's are: a token's are those of whoever made it. */
  public static String owner(Caller caller) {
    var mine = mine(caller.authentication());
    return mine == null ? caller.name() : mine.owner();
  }

  // ---- signing in by one

  /** Who comes in by a token, with the rights that it has now. */
  record Holder(ApiToken token, List<Granted> grants) implements java.security.Principal {
    @Override
    public String getName() {
      return token.owner() + " (token " + token.name() + ")";
    }
  }

  Optional<Holder> find(String value) {
    if (!value.startsWith(BEGINNING)) {
      return Optional.empty();
    }
    var hash = Sha256.hex(value);
    var now = clock.instant();
    return byHash(hash)
        // Looked up by the hash of what cannot be guessed, so its time tells nothing of use.
        .filter(it -> MessageDigest.isEqual(ascii(it.hash), ascii(hash)))
        .filter(it -> it.token.isUsable(now))
        .flatMap(this::withRightsOfNow)
        .map(
            holder -> {
              used(holder.token(), now);
              return holder;
            });
  }

  /** Whoever has left, or may do less by now, takes the rights of their tokens along. */
  private Optional<Holder> withRightsOfNow(Row row) {
    if (!row.origin.equals(BY_PASSWORD)) {
      return Optional.of(new Holder(row.token, row.grants));
    }
    try {
      var own = granted(people.loadUserByUsername(row.token.owner()).getAuthorities());
      var left = row.grants.stream().flatMap(grant -> grant.atMost(own).stream()).toList();
      return left.isEmpty() ? Optional.empty() : Optional.of(new Holder(row.token, left));
    } catch (UsernameNotFoundException e) {
      return Optional.empty();
    }
  }

  private void used(ApiToken token, Instant now) {
    var before = token.usedAt();
    if (before == null || before.plus(COARSE).isBefore(now)) {
      jdbc.sql("UPDATE api_token SET used_at = ? WHERE id = ?")
          .params(utc(now), token.id())
          .update();
    }
  }

  // ----

  private static List<Granted> grants(Caller caller, Role role, List<String> applications) {
    var own =
        caller.authentication() == null
            ? List.<Granted>of()
            : granted(caller.authentication().getAuthorities());
    var wanted =
        applications.isEmpty()
            ? own.stream()
                .filter(it -> it.role().mayActAs(role))
                .map(it -> new Granted(role, it.application()))
                .distinct()
                .toList()
            : applications.stream().map(it -> new Granted(role, it)).toList();
    var word = role.name().toLowerCase(Locale.ROOT);
    if (wanted.isEmpty()) {
      throw refused("you are no " + word + " anywhere, so no token of yours can be one");
    }
    for (var grant : wanted) {
      if (own.stream()
          .noneMatch(
              it ->
                  it.role().mayActAs(role)
                      && (it.application() == null
                          || it.application().equals(grant.application())))) {
        throw refused("you are no " + word + " of " + grant.application());
      }
    }
    return wanted;
  }

  private static List<Granted> granted(
      java.util.Collection<? extends org.springframework.security.core.GrantedAuthority> all) {
    return all.stream().filter(Granted.class::isInstance).map(Granted.class::cast).toList();
  }

  private static @Nullable ApiToken mine(@Nullable Authentication who) {
    return who != null && who.getPrincipal() instanceof Holder holder ? holder.token() : null;
  }

  private String origin(@Nullable Authentication who) {
    if (who == null) {
      return "nobody";
    }
    if (who.getPrincipal() instanceof Holder holder) {
      return jdbc.sql("SELECT origin FROM api_token WHERE id = ?")
          .param(holder.token().id())
          .query(String.class)
          .single();
    }
    return who.getPrincipal() instanceof org.springframework.security.core.userdetails.UserDetails
        ? BY_PASSWORD
        : "provider";
  }

  private record Row(ApiToken token, String hash, String origin, List<Granted> grants) {}

  private Optional<Row> byHash(String hash) {
    return jdbc.sql("SELECT * FROM api_token WHERE hash = ?")
        .param(hash)
        .query(
            (row, n) ->
                new Row(
                    token(row),
                    row.getString("hash"),
                    row.getString("origin"),
                    read(row.getString("grants"))))
        .optional();
  }

  private static ApiToken token(ResultSet row) throws SQLException {
    var applications = row.getString("applications");
    return new ApiToken(
        row.getLong("id"),
        row.getString("name"),
        row.getString("owner"),
        row.getString("prefix"),
        Role.valueOf(row.getString("role")),
        applications == null ? List.of() : applications.lines().toList(),
        instant(row, "created_at").orElseThrow(),
        instant(row, "expires_at").orElse(null),
        instant(row, "revoked_at").orElse(null),
        instant(row, "used_at").orElse(null));
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  /** {@code OPERATOR ornithology}, or {@code OPERATOR} for all, one a line. */
  private static String written(List<Granted> grants) {
    return grants.stream()
        .map(it -> it.role().name() + (it.application() == null ? "" : " " + it.application()))
        .collect(java.util.stream.Collectors.joining("\n"));
  }

  private static List<Granted> read(String written) {
    return written
        .lines()
        .map(line -> line.split(" ", 2))
        .map(parts -> new Granted(Role.valueOf(parts[0]), parts.length == 1 ? null : parts[1]))
        .toList();
  }

  private static ReleaseRefusedException refused(String message) {
    return new ReleaseRefusedException(ReleaseRefusedException.Kind.UNPROCESSABLE, message);
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
