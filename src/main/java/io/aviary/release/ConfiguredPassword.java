package io.aviary.release;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * How the password of {@code aviary.security.users} may be written. Hashes of one kind only, so
 * that each attempt to sign in can be made to take the same time.
 */
public final class ConfiguredPassword {

  /** In front of one that is no hash. */
  public static final String PLAIN = "{noop}";

  /** In front of a hash. */
  public static final String BCRYPT = "{bcrypt}";

  private static final Pattern ENCODED = Pattern.compile("\\{([\\w@.-]+)}(.+)", Pattern.DOTALL);
  private static final Pattern HASH =
      Pattern.compile("\\{bcrypt}\\$2[aby]\\$(0[4-9]|[12]\\d|3[01])\\$[./0-9A-Za-z]{53}");

  /** What bcrypt reads. */
  private static final int MOST_BYTES = 72;

  private ConfiguredPassword() {}

  /** What is wrong with it, to be put behind its key; empty: nothing. Says nothing of the value. */
  public static Optional<String> mistake(String password) {
    var parts = ENCODED.matcher(password);
    if (!parts.matches()) {
      return Optional.of("has no encoder in front; write {bcrypt}$2a$…");
    }
    return switch (parts.group(1)) {
      case "bcrypt" ->
          HASH.matcher(password).matches()
              ? Optional.empty()
              : Optional.of(
                  "is no whole bcrypt hash: {bcrypt}, $2a$ or $2y$, a cost from 04 to 31, $ and 53"
                      + " more characters; where a shell or Compose reads it, each $ must be quoted"
                      + " or written twice");
      case "noop" ->
          parts.group(2).getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES
              ? Optional.empty()
              : Optional.of("is longer than " + MOST_BYTES + " bytes, and bcrypt reads no more");
      default ->
          Optional.of(
              "is kept as {"
                  + parts.group(1)
                  + "}; only bcrypt is taken, so that the time that a sign-in takes tells nothing:"
                  + " write {bcrypt} and what `htpasswd -nB "
                  + "name` prints behind the colon");
    };
  }

  /** Of a hash: each step more doubles the work. Empty: it is none. */
  public static OptionalInt cost(String password) {
    var hash = HASH.matcher(password);
    return hash.matches() ? OptionalInt.of(Integer.parseInt(hash.group(1))) : OptionalInt.empty();
  }
}
