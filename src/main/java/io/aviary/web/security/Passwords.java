package io.aviary.web.security;

import io.aviary.release.ConfiguredPassword;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Compares passwords, each in the time that the costliest of the configured ones takes. Spring
 * Security compares one also where the name is not there, with a hash that {@link #encode} makes;
 * if that, or any of the known ones, took another time, the time would tell which names there are.
 */
final class Passwords implements PasswordEncoder {

  private static final int USUAL_COST = 10;

  private final int cost;
  private final BCryptPasswordEncoder encoder;
  private final BiPredicate<CharSequence, String> bcrypt;

  /**
   * @param configured as they are written in the configuration
   */
  Passwords(List<String> configured) {
    this(configured, new BCryptPasswordEncoder()::matches);
  }

  /**
   * @param bcrypt compares a password with a hash
   */
  Passwords(List<String> configured, BiPredicate<CharSequence, String> bcrypt) {
    this.cost =
        configured.stream()
            .map(ConfiguredPassword::cost)
            .flatMapToInt(OptionalInt::stream)
            .max()
            .orElse(USUAL_COST);
    this.encoder = new BCryptPasswordEncoder(cost);
    this.bcrypt = bcrypt;
  }

  @Override
  public @Nullable String encode(@Nullable CharSequence password) {
    return ConfiguredPassword.BCRYPT + encoder.encode(password);
  }

  @Override
  public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
    // Nobody has an empty one, and bcrypt would answer at once.
    if (password == null || password.isEmpty() || hash == null) {
      return false;
    }
    var own = ConfiguredPassword.cost(hash);
    if (own.isEmpty()) {
      return false;
    }
    var isRight = bcrypt.test(password, hash.substring(ConfiguredPassword.BCRYPT.length()));
    // 2^n + 2^n + 2^(n+1) + … + 2^(m-1) is 2^m.
    for (var more = own.getAsInt(); more < cost; more++) {
      var _ = bcrypt.test(password, "$2a$%02d$%s".formatted(more, ".".repeat(53)));
    }
    return isRight;
  }
}
