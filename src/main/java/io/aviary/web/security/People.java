package io.aviary.web.security;

import io.aviary.release.AviaryProperties;
import io.aviary.release.ConfiguredPassword;
import io.aviary.release.Role;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.password.PasswordEncoder;

/** The people of the configuration, who sign in with a password. */
@Configuration(proxyBeanMethods = false)
class People {

  private static final Logger log = LoggerFactory.getLogger(People.class);

  @Bean
  PasswordEncoder passwordEncoder(AviaryProperties properties) {
    return new Passwords(
        properties.security().users().stream().map(AviaryProperties.User::password).toList());
  }

  @Bean
  UserDetailsService users(AviaryProperties properties, PasswordEncoder encoder) {
    return of(properties.security(), encoder);
  }

  static UserDetailsService of(AviaryProperties.Security security, PasswordEncoder encoder) {
    var users = new ArrayList<UserDetails>();
    var names = new HashSet<String>();
    for (var user : security.users()) {
      if (!names.add(user.name())) {
        throw new IllegalStateException(
            "aviary.security.users names '" + user.name() + "' twice; names must be unique");
      }
      ConfiguredPassword.mistake(user.password())
          .ifPresent(
              mistake -> {
                throw new IllegalStateException(
                    "the password of '" + user.name() + "' in aviary.security.users " + mistake);
              });
      users.add(person(user.name(), hash(user.password(), encoder), user.role()));
    }
    if (users.isEmpty() && !security.tryOut()) {
      var password = generated();
      users.add(person("admin", hash(ConfiguredPassword.PLAIN + password, encoder), Role.ADMIN));
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

  /** One that is written plainly is compared as all others are. */
  private static String hash(String password, PasswordEncoder encoder) {
    return password.startsWith(ConfiguredPassword.PLAIN)
        ? Objects.requireNonNull(
            encoder.encode(password.substring(ConfiguredPassword.PLAIN.length())))
        : password;
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
