package io.aviary.web.security;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.security.oauth2.client.userinfo.DefaultOAuth2UserService;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserRequest;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserService;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.user.DefaultOAuth2User;
import org.springframework.security.oauth2.core.user.OAuth2User;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** People who GitHub vouches for; their teams are their groups. */
final class GitHubPeople implements OAuth2UserService<OAuth2UserRequest, OAuth2User> {

  private static final String NAME = "aviary_name";
  private static final int TEAMS = 100;

  private final Providers providers;
  private final DefaultOAuth2UserService users = new DefaultOAuth2UserService();
  private final RestClient http;

  GitHubPeople(Providers providers) {
    this.providers = providers;
    var requests = new JdkClientHttpRequestFactory();
    requests.setReadTimeout(Duration.ofSeconds(10));
    this.http = RestClient.builder().requestFactory(requests).build();
  }

  @Override
  public OAuth2User loadUser(OAuth2UserRequest request) {
    var user = users.loadUser(request);
    var provider = providers.get(request.getClientRegistration().getRegistrationId());
    var teams = teams(Providers.api(provider), request.getAccessToken().getTokenValue());
    var attributes = new HashMap<>(user.getAttributes());
    attributes.put(NAME, Providers.name(user.getName(), provider));
    return new DefaultOAuth2User(Providers.granted(provider, teams), attributes, NAME);
  }

  private List<String> teams(String api, String token) {
    try {
      var teams =
          http.get()
              .uri(api + "/user/teams?per_page=" + TEAMS)
              .header("Authorization", "Bearer " + token)
              .header("Accept", "application/vnd.github+json")
              .retrieve()
              .body(new ParameterizedTypeReference<List<Map<String, Object>>>() {});
      return teams == null
          ? List.of()
          : teams.stream()
              .filter(it -> it.get("organization") instanceof Map<?, ?>)
              .map(it -> ((Map<?, ?>) it.get("organization")).get("login") + "/" + it.get("slug"))
              .toList();
    } catch (RestClientException e) {
      throw new OAuth2AuthenticationException(
          new OAuth2Error("teams_unknown", "GitHub did not tell the teams", null), e);
    }
  }
}
