package io.aviary.release;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;
import org.springframework.validation.annotation.Validated;

/**
 * The server's configuration, {@code aviary.*}; the README's configuration reference explains each
 * key.
 *
 * @param url how people and GitHub reach this server
 * @param applications none: the server starts and its pages say what to configure
 */
@Validated
@ConfigurationProperties("aviary")
public record AviaryProperties(
    @DefaultValue("http://localhost:8080") URI url,
    @Valid @DefaultValue GitHub github,
    @Valid @DefaultValue Build build,
    @Valid @DefaultValue Prometheus prometheus,
    @Valid @DefaultValue Security security,
    @DefaultValue List<@Valid ApplicationProperties> applications) {

  /**
   * How GitHub is reached.
   *
   * @param apiUrl root of GitHub's REST API; of a GitHub Enterprise Server {@code
   *     https://github.example.com/api/v3}
   * @param token used for the REST API and for git over http; to be reported with, it must be
   *     allowed to write commit statuses, deployments and comments; null: none is sent
   */
  public record GitHub(@DefaultValue("https://api.github.com") URI apiUrl, @Nullable String token) {
    public GitHub {
      // As a placeholder leaves it that is set nowhere.
      token = token == null || token.isBlank() ? null : token;
    }

    @Override
    public String toString() {
      return "GitHub[apiUrl=" + apiUrl + ", token=" + (token == null ? "none" : "***") + "]";
    }
  }

  /**
   * Where and how images are built.
   *
   * @param registry host, and port and path where it has them, e.g. {@code
   *     registry.example.com/team}
   * @param insecureRegistry the registry speaks plain http
   * @param registrySecret name of a kubernetes.io/dockerconfigjson Secret in the namespaces of
   *     builds and applications
   * @param namespace where builds run; null: the application's
   * @param builderImage an image with {@code buildctl-daemonless.sh}, git and a shell
   * @param rootless the builder image is a rootless one: no privileged pod, but one without seccomp
   */
  public record Build(
      @Nullable String registry,
      @DefaultValue("false") boolean insecureRegistry,
      @Nullable String registrySecret,
      @Nullable String namespace,
      @DefaultValue("moby/buildkit:latest") String builderImage,
      @DefaultValue("false") boolean rootless) {}

  /**
   * Where metrics are asked for.
   *
   * @param url null: gates with metrics are refused
   */
  public record Prometheus(@Nullable URI url) {}

  /**
   * Who may do what besides people who sign in by a provider.
   *
   * @param limits against guessing
   * @param tryOut for a first look on one's own machine only: whoever comes from it directly is
   *     signed in as an administrator, without a password
   */
  public record Security(
      @DefaultValue List<@Valid Token> tokens,
      @DefaultValue List<@Valid User> users,
      @DefaultValue("false") boolean tryOut,
      @Valid @DefaultValue Limits limits) {
    @ConstructorBinding
    public Security {
      tokens = List.copyOf(tokens);
      users = List.copyOf(users);
    }

    public Security(List<Token> tokens, List<User> users) {
      this(tokens, users, false, new Limits(20, 120, 600));
    }
  }

  /**
   * How often one address may fail in a minute before it is answered with 429.
   *
   * @param signIns attempts to sign in with a name and a password
   * @param tokens requests with a bearer token that nobody knows
   * @param webhooks deliveries that are refused
   */
  public record Limits(
      @Min(1) @DefaultValue("20") int signIns,
      @Min(1) @DefaultValue("120") int tokens,
      @Min(1) @DefaultValue("600") int webhooks) {}

  /** An API token of a program. */
  public record Token(@NotBlank String name, Role role, @NotBlank String value) {
    @Override
    public String toString() {
      return "Token[name=" + name + ", role=" + role + "]";
    }
  }

  /**
   * A person who signs in with a password.
   *
   * @param password a bcrypt hash with its encoder in front, <code>{bcrypt}$2a$…</code>; for a
   *     first look also <code>{noop}</code> and the password itself
   */
  public record User(@NotBlank String name, Role role, @NotBlank String password) {
    @Override
    public String toString() {
      return "User[name=" + name + ", role=" + role + "]";
    }
  }

  public AviaryProperties {
    applications = List.copyOf(applications);
  }

  /**
   * What an environment says, also of thousands of applications; nothing is validated.
   *
   * @param handler is asked about each key
   * @return null: as a whole it has a mistake that the handler knows of and lets pass
   */
  public static @Nullable AviaryProperties of(Environment environment, BindHandler handler) {
    return Binder.get(environment)
        .bindOrCreate(
            "aviary",
            Bindable.of(AviaryProperties.class),
            new ApplicationsApart(handler, environment));
  }

  /** The same with other applications. */
  AviaryProperties with(List<ApplicationProperties> others) {
    return new AviaryProperties(url, github, build, prometheus, security, others);
  }
}
