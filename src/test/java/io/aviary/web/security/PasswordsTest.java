package io.aviary.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.release.AviaryProperties;
import io.aviary.release.ConfiguredPassword;
import io.aviary.release.Role;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** Whoever guesses learns nothing from the time that it takes, whatever the hashes are. */
class PasswordsTest {

  private final AviaryProperties.Security people =
      new AviaryProperties.Security(
          List.of(),
          List.of(
              user("tern", "{bcrypt}" + new BCryptPasswordEncoder(7).encode("sea")),
              user("wren", "{bcrypt}" + new BCryptPasswordEncoder(4).encode("hedge")),
              user("crow", "{noop}field")));
  private long work;

  /** In units that the cheapest hash takes twice. */
  private boolean counted(CharSequence password, String hash) {
    work += 1L << Integer.parseInt(hash.substring(4, 6));
    return new BCryptPasswordEncoder().matches(password, hash);
  }

  private DaoAuthenticationProvider signIn() {
    var passwords = new Passwords(configured(), this::counted);
    var provider = new DaoAuthenticationProvider(People.of(people, passwords));
    provider.setPasswordEncoder(passwords);
    return provider;
  }

  private List<String> configured() {
    return people.users().stream().map(AviaryProperties.User::password).toList();
  }

  @Test
  void aWrongPasswordCostsTheSameForEveryNameThatIsThereAndForOneThatIsNot() {
    var signIn = signIn();
    for (var wrong : List.of("no", "", "x".repeat(100))) {
      var costs =
          Stream.of("tern", "wren", "crow", "nobody")
              .map(
                  name -> {
                    work = 0;
                    assertThatThrownBy(() -> signIn.authenticate(attempt(name, wrong)))
                        .isInstanceOf(BadCredentialsException.class)
                        .hasMessage("Bad credentials");
                    return work;
                  })
              .toList();
      assertThat(costs).as(wrong).containsOnly(wrong.isEmpty() ? 0L : 1L << 7);
    }
  }

  /** Spring Security keeps what it compares with where a name is not there. */
  @Test
  void aNameThatIsNotThereCostsWhatTheCostliestOfNowDoes() {
    var now = new AtomicReference<>(new Passwords(List.of()));
    var live = new LivePasswords(now::get);
    var ofNobody = live.encode("nobody's");
    for (var cost : List.of(7, 9, 5)) {
      var hash = "{bcrypt}" + new BCryptPasswordEncoder(cost).encode("sea");
      now.set(new Passwords(List.of(hash), this::counted));
      work = 0;

      assertThat(live.matches("no", ofNobody)).isFalse();

      assertThat(work).isEqualTo(1L << cost);
    }
  }

  @Test
  void everybodySignsInWithTheirOwnPasswordOnly() {
    var signIn = signIn();
    for (var person : List.of("tern sea", "wren hedge", "crow field")) {
      var parts = person.split(" ", 2);
      assertThat(signIn.authenticate(attempt(parts[0], parts[1])).isAuthenticated()).isTrue();
    }
    assertThatThrownBy(() -> signIn.authenticate(attempt("tern", "hedge")))
        .isInstanceOf(BadCredentialsException.class);
  }

  @Test
  void aPasswordThatIsWrittenPlainlyIsKeptAsAHash() {
    var crow = People.of(people, new Passwords(configured())).loadUserByUsername("crow");

    assertThat(crow.getPassword()).startsWith("{bcrypt}$2a$07$");
  }

  @ParameterizedTest
  @ValueSource(strings = {"scrypt", "argon2@SpringSecurity_v5_8", "pbkdf2", "MD5", "unknown"})
  void anotherKindOfHashIsRefusedWithWhatToWrite(String kind) {
    assertThat(ConfiguredPassword.mistake("{" + kind + "}abc"))
        .hasValueSatisfying(
            words -> assertThat(words).contains("{" + kind + "}", "write {bcrypt}", "htpasswd"));
  }

  @Test
  void aServerWithAnotherKindOfHashDoesNotStart() {
    var hash = "$argon2id$v=19$m=16384,t=2,p=1$c2FsdA$aGFzaA";
    var security =
        new AviaryProperties.Security(List.of(), List.of(user("tern", "{argon2}" + hash)));

    assertThatThrownBy(() -> People.of(security, new Passwords(List.of())))
        .hasMessageContaining("the password of 'tern' in aviary.security.users")
        .hasMessageContaining("only bcrypt is taken")
        .hasMessageNotContaining(hash);
  }

  @ParameterizedTest
  @ValueSource(strings = {"$2a$10$abc", "a0rest", "$2a$03$", "$2a$32$"})
  void aHashThatIsNotWholeIsRefused(String beginning) {
    var hash = beginning.length() == 7 ? beginning + ".".repeat(53) : beginning;
    assertThat(ConfiguredPassword.mistake("{bcrypt}" + hash))
        .hasValueSatisfying(
            words ->
                assertThat(words).contains("no whole bcrypt hash", "Compose").doesNotContain(hash));
  }

  @Test
  void whatIsWrittenAsItShouldBeIsTaken() {
    var hash = Objects.requireNonNull(new BCryptPasswordEncoder(4).encode("sea"));

    assertThat(ConfiguredPassword.mistake("{bcrypt}" + hash)).isEmpty();
    assertThat(ConfiguredPassword.mistake("{bcrypt}" + hash.replace("$2a", "$2y"))).isEmpty();
    assertThat(ConfiguredPassword.mistake("{noop}" + "x".repeat(72))).isEmpty();
    assertThat(ConfiguredPassword.mistake("{noop}" + "x".repeat(73)))
        .hasValueSatisfying(words -> assertThat(words).contains("72 bytes"));
    assertThat(ConfiguredPassword.mistake("plain"))
        .hasValueSatisfying(words -> assertThat(words).contains("no encoder in front"));
  }

  private static UsernamePasswordAuthenticationToken attempt(String name, String password) {
    return UsernamePasswordAuthenticationToken.unauthenticated(name, password);
  }

  private static AviaryProperties.User user(String name, String password) {
    return new AviaryProperties.User(name, Role.VIEWER, password);
  }
}
