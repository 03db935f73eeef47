package io.aviary.web.security;

import io.aviary.release.AviaryProperties;
import io.aviary.release.Role;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;

/** The people of the configuration, who sign in with a password. */
@Configuration(proxyBeanMethods = false)
class People {

  private static final Logger log = LoggerFactory.getLogger(People.class);
  private static final Pattern ENCODED = Pattern.compile("\\{[\\w@.-]+}.+", Pattern.DOTALL);
  private static final Pattern BCRYPT = Pattern.compile("^\\{bcrypt}\\$2[aby]\\$(\\d\\d)\\$");
  private static final int USUAL_COST = 10;

  /** As bcrypt defines it. */
  private static final int HIGHEST_COST = 31;

  /**
   * Spring Security compares a password also where the name is not there, with a hash that this
   * makes: it must cost what the costliest of the configured ones does, or the time would tell
   * which names there are.
   */
  @Bean
  PasswordEncoder passwordEncoder(AviaryProperties properties) {
    var known = PasswordEncoderFactories.createDelegatingPasswordEncoder();
    var own = new BCryptPasswordEncoder(costliest(properties));
    return new PasswordEncoder() {
      @Override
      public @Nullable String encode(@Nullable CharSequence password) {
        return "{bcrypt}" + own.encode(password);
      }

      @Override
      public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
        return known.matches(password, hash);
      }
    };
  }

  private static int costliest(AviaryProperties properties) {
    return properties.security().users().stream()
        .map(user -> BCRYPT.matcher(user.password()))
        .filter(Matcher::find)
        .mapToInt(found -> Integer.parseInt(found.group(1)))
        .filter(cost -> cost <= HIGHEST_COST)
        .max()
        .orElse(USUAL_COST);
  }

  @Bean
  UserDetailsService users(AviaryProperties properties, PasswordEncoder encoder) {
    var security = properties.security();
    var users = new ArrayList<UserDetails>();
    var names = new HashSet<String>();
    for (var user : security.users()) {
      if (!names.add(user.name())) {
        throw new IllegalStateException(
            "aviary.security.users names '" + user.name() + "' twice; names must be unique");
      }
      if (!ENCODED.matcher(user.password()).matches()) {
        throw new IllegalStateException(
            "the password of '"
                + user.name()
                + "' in aviary.security.users has no encoder in front; write {bcrypt}$2a$…");
      }
      users.add(person(user.name(), user.password(), user.role()));
    }
    if (users.isEmpty() && !security.tryOut()) {
      var password = generated();
      users.add(
          person("admin", java.util.Objects.requireNonNull(encoder.encode(password)), Role.ADMIN));
      log.warn(
          "\n\nNo user is configured. Until the next start, sign in as admin with the password:"
              + " {}\nSet aviary.security.users to have users of your own.\n",
          password);
    }
    var all = List.copyOf(users);
    return name ->
        all.stream()
            .filter(user -> user.getUsername().equals(name))
            .findFirst()
            // A copy: Spring Security erases the password of the one that it was given.
            .map(user -> User.withUserDetails(user).build())
            .orElseThrow(() -> new UsernameNotFoundException("nobody of that name"));
  }

  private static UserDetails person(String name, String password, Role role) {
    return User.withUsername(name).password(password).authorities(Granted.everywhere(role)).build();
  }

  /** 120 bits, without letters that look alike. */
  private static String generated() {
    var alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
    var random = new SecureRandom();
    var password = new StringBuilder();
    for (var i = 0; i < 24; i++) {
      password.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return password.toString();
  }
}
