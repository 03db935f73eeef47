package io.aviary.web.security;

import io.aviary.release.AviaryProperties;
import io.aviary.release.AviaryProperties.User;
import io.aviary.release.ConfiguredPassword;
import io.aviary.release.LiveConfiguration;
import io.aviary.release.Role;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/** The people of the configuration as it is now, who sign in with a password. */
@Component
class People implements UserDetailsService {

  private static final Logger log = LoggerFactory.getLogger(People.class);

  /** Made anew only when others are configured. */
  private record Known(List<User> source, Passwords passwords, List<Person> people) {}

  private final LiveConfiguration configuration;

  /** For as long as nobody is configured; empty: somebody was at the start. */
  private final List<User> firstOne;

  private volatile Known known;

  People(LiveConfiguration configuration) {
    this.configuration = configuration;
    var security = configuration.current().security();
    this.firstOne = firstOne(security);
    this.known = known(security.users(), firstOne);
  }

  /** Those of one configuration, whatever comes after it. */
  static UserDetailsService of(AviaryProperties.Security security, PasswordEncoder encoder) {
    var people = people(security.users(), encoder);
    return name -> find(people, name).orElseThrow(People::nobody);
  }

  private static List<User> firstOne(AviaryProperties.Security security) {
    if (!security.users().isEmpty() || security.tryOut()) {
      return List.of();
    }
    var password = generated();
    log.warn(
        "\n\nNo user is configured. Until the next start, sign in as admin with the password:"
            + " {}\nSet aviary.security.users to have users of your own.\n",
        password);
    return List.of(new User("admin", Role.ADMIN, ConfiguredPassword.PLAIN + password));
  }

  private static Known known(List<User> source, List<User> firstOne) {
    var users = source.isEmpty() ? firstOne : source;
    var passwords = new Passwords(users.stream().map(User::password).toList());
    return new Known(source, passwords, people(users, passwords));
  }

  private static List<Person> people(List<User> users, PasswordEncoder encoder) {
    var names = new HashSet<String>();
    for (var user : users) {
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
    }
    return users.stream().map(user -> new Person(user, hash(user.password(), encoder))).toList();
  }

  /** One that is written plainly is compared as all others are. */
  private static String hash(String password, PasswordEncoder encoder) {
    return password.startsWith(ConfiguredPassword.PLAIN)
        ? Objects.requireNonNull(
            encoder.encode(password.substring(ConfiguredPassword.PLAIN.length())))
        : password;
  }

  @SuppressWarnings("ReferenceEquality")
  private Known now() {
    var users = configuration.current().security().users();
    var last = known;
    if (last.source() != users) {
      last = known(users, firstOne);
      known = last;
    }
    return last;
  }

  Optional<Person> find(String name) {
    return find(now().people(), name);
  }

  /** A copy: Spring Security erases the password of the one that it was given. */
  private static Optional<Person> find(List<Person> people, String name) {
    return people.stream()
        .filter(person -> person.getUsername().equals(name))
        .findFirst()
        .map(Person::copy);
  }

  @Override
  public Person loadUserByUsername(String name) {
    return find(name).orElseThrow(People::nobody);
  }

  private static UsernameNotFoundException nobody() {
    return new UsernameNotFoundException("nobody of that name");
  }

  @Bean
  static PasswordEncoder passwordEncoder(People people) {
    return new LivePasswords(() -> people.now().passwords());
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
