package io.aviary.web.security;

import io.aviary.release.Urls;
import io.aviary.web.security.SignInProperties.GroupRole;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.stereotype.Component;

/**
 * The providers that vouch for people. One of OpenID Connect is asked for its configuration at the
 * first sign-in by it and not at the start, so that the server starts without it.
 */
@Component
@EnableConfigurationProperties(SignInProperties.class)
public class Providers implements ClientRegistrationRepository {

  private static final Logger log = LoggerFactory.getLogger(Providers.class);
  private static final String BACK = "{baseUrl}/login/oauth2/code/{registrationId}";

  private final List<SignInProperties.Provider> providers;
  private final Map<String, ClientRegistration> known = new ConcurrentHashMap<>();

  Providers(SignInProperties properties) {
    this.providers = properties.providers();
    var names = new HashSet<String>();
    for (var provider : providers) {
      if (!names.add(provider.name())) {
        throw new IllegalStateException(
            "aviary.security.sign-in.providers names '"
                + provider.name()
                + "' twice; names must be unique");
      }
      if (provider.kind() == SignInProperties.Kind.OIDC && provider.url() == null) {
        throw new IllegalStateException(
            "the provider '" + provider.name() + "' needs its url: the issuer");
      }
    }
  }

  public boolean any() {
    return !providers.isEmpty();
  }

  public List<String> names() {
    return providers.stream().map(SignInProperties.Provider::name).toList();
  }

  SignInProperties.Provider get(String name) {
    return providers.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  @Override
  public @Nullable ClientRegistration findByRegistrationId(String name) {
    var provider = providers.stream().filter(it -> it.name().equals(name)).findFirst();
    if (provider.isEmpty()) {
      return null;
    }
    try {
      return known.computeIfAbsent(name, key -> registration(provider.get()));
    } catch (RuntimeException e) {
      log.warn("the provider {} cannot be asked: {}", name, e.getMessage());
      throw new OAuth2AuthenticationException(new OAuth2Error("provider_unavailable"), e);
    }
  }

  private static ClientRegistration registration(SignInProperties.Provider provider) {
    if (provider.kind() == SignInProperties.Kind.OIDC) {
      return ClientRegistrations.fromIssuerLocation(String.valueOf(provider.url()))
          .registrationId(provider.name())
          .clientName(provider.name())
          .clientId(provider.clientId())
          .clientSecret(provider.clientSecret())
          .redirectUri(BACK)
          .scope("openid", "profile", "email")
          .build();
    }
    var web = provider.url() == null ? "https://github.com" : Urls.withoutSlash(provider.url());
    return ClientRegistration.withRegistrationId(provider.name())
        .clientName(provider.name())
        .clientId(provider.clientId())
        .clientSecret(provider.clientSecret())
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
        .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
        .redirectUri(BACK)
        .scope("read:user", "read:org")
        .authorizationUri(web + "/login/oauth/authorize")
        .tokenUri(web + "/login/oauth/access_token")
        .userInfoUri(api(provider) + "/user")
        .userNameAttributeName("login")
        .build();
  }

  static String api(SignInProperties.Provider provider) {
    return provider.apiUrl() == null
        ? "https://api.github.com"
        : Urls.withoutSlash(provider.apiUrl());
  }

  /**
   * What members of these groups may do.
   *
   * @throws OAuth2AuthenticationException if that is nothing: they are not let in
   */
  static List<Granted> granted(SignInProperties.Provider provider, Collection<String> groups) {
    var granted =
        provider.roles().stream()
            .filter(it -> it.group().equals("*") || groups.contains(it.group()))
            .flatMap(Providers::granted)
            .distinct()
            .toList();
    if (granted.isEmpty()) {
      throw new OAuth2AuthenticationException(
          new OAuth2Error("access_denied", "none of the groups or teams has a role here", null));
    }
    return granted;
  }

  private static Stream<Granted> granted(GroupRole role) {
    return role.applications().isEmpty()
        ? Stream.of(Granted.everywhere(role.role()))
        : role.applications().stream().map(it -> new Granted(role.role(), it));
  }

  /** Never that of somebody who signs in otherwise: tokens belong to names. */
  static String name(String given, SignInProperties.Provider provider) {
    return given + "@" + provider.name();
  }
}
