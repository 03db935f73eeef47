package io.aviary.web.security;

import io.aviary.release.ConfiguredPassword;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Compares passwords as {@link Passwords} of the people of now does. What Spring Security compares
 * with where a name is not there it has encoded once and keeps; it is of the least cost, which is
 * made up to that of the costliest of now like anybody's.
 */
final class LivePasswords implements PasswordEncoder {

  private static final int LEAST_COST = 4;

  private final BCryptPasswordEncoder cheapest = new BCryptPasswordEncoder(LEAST_COST);
  private final Supplier<Passwords> now;

  LivePasswords(Supplier<Passwords> now) {
    this.now = now;
  }

  @Override
  public @Nullable String encode(@Nullable CharSequence password) {
    return ConfiguredPassword.BCRYPT + cheapest.encode(password);
  }

  @Override
  public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
    return now.get().matches(password, hash);
  }
}
