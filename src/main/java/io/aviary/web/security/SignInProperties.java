package io.aviary.web.security;

import io.aviary.release.Role;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Who vouches for people besides their passwords.
 *
 * @param providers none: people sign in with passwords only
 */
@Validated
@ConfigurationProperties("aviary.security.sign-in")
record SignInProperties(@DefaultValue List<@Valid Provider> providers) {

  SignInProperties {
    providers = List.copyOf(providers);
  }

  /** How a provider speaks. */
  enum Kind {
    OIDC,
    GITHUB
  }

  /**
   * Somebody who vouches.
   *
   * @param name in addresses, and behind the names of people who come by it
   * @param url the issuer, or GitHub's address; null: github.com
   * @param apiUrl GitHub's API; null: that of github.com
   * @param groupsClaim which claim of OpenID Connect names the groups
   * @param roles what members of groups or teams may do; nobody else is let in
   */
  record Provider(
      @NotBlank @Pattern(regexp = "[a-z0-9-]+", message = "must be lower-case letters, digits, -")
          String name,
      @NotNull Kind kind,
      @Nullable URI url,
      @Nullable URI apiUrl,
      @NotBlank String clientId,
      @NotBlank String clientSecret,
      @DefaultValue("groups") String groupsClaim,
      @DefaultValue List<@Valid GroupRole> roles) {

    Provider {
      roles = List.copyOf(roles);
    }

    @Override
    public String toString() {
      return "Provider[name=" + name + ", kind=" + kind + ", url=" + url + "]";
    }
  }

  /**
   * A role of a group.
   *
   * @param group a value of the claim, or {@code organisation/team}; {@code *}: whoever the
   *     provider vouches for
   * @param applications empty: all, and the server itself
   */
  record GroupRole(
      @NotBlank String group, @NotNull Role role, @DefaultValue List<String> applications) {

    GroupRole {
      applications = List.copyOf(applications);
    }
  }
}
