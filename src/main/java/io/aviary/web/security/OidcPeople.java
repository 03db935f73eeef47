package io.aviary.web.security;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserService;
import org.springframework.security.oauth2.core.oidc.OidcUserInfo;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;

/** People who a provider of OpenID Connect vouches for. */
final class OidcPeople implements OAuth2UserService<OidcUserRequest, OidcUser> {

  private static final String NAME = "aviary_name";

  private final Providers providers;
  private final OidcUserService users = new OidcUserService();

  OidcPeople(Providers providers) {
    this.providers = providers;
  }

  @Override
  public OidcUser loadUser(OidcUserRequest request) {
    var user = users.loadUser(request);
    var provider = providers.get(request.getClientRegistration().getRegistrationId());
    var claims = new HashMap<>(user.getClaims());
    var preferred = user.getPreferredUsername();
    var name = preferred == null ? user.getSubject() : preferred;
    claims.put(NAME, Providers.name(Objects.requireNonNull(name, "a token without sub"), provider));
    return new DefaultOidcUser(
        Providers.granted(provider, groups(claims, provider.groupsClaim())),
        user.getIdToken(),
        new OidcUserInfo(claims),
        NAME);
  }

  private static List<String> groups(Map<String, Object> claims, String name) {
    return texts(claims.get(name));
  }

  private static List<String> texts(@Nullable Object claim) {
    return switch (claim) {
      case Collection<?> many -> many.stream().map(String::valueOf).toList();
      case String one -> List.of(one);
      case null, default -> List.of();
    };
  }
}
