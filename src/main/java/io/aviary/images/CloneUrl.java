package io.aviary.images;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Where git fetches from, and what it says to be let in, kept apart so that only the former is ever
 * shown.
 *
 * @param address without credentials
 * @param origin scheme, host and port, for http and https only: where the header may be sent
 * @param header an {@code Authorization} header; null: none
 */
record CloneUrl(String address, @Nullable String origin, @Nullable String header) {

  /**
   * @param url as configured; credentials in it go before the token
   * @param token for http and https; any user name goes with it
   */
  static CloneUrl of(String url, @Nullable String token) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      // git knows more forms than URLs, e.g. git@host:path; none of them has a password.
      return new CloneUrl(url, null, null);
    }
    if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
      return new CloneUrl(url, null, null);
    }
    var user = uri.getRawUserInfo();
    var host =
        user == null ? uri.getRawAuthority() : uri.getRawAuthority().substring(user.length() + 1);
    var origin = uri.getScheme() + "://" + host;
    var address = origin + uri.getRawPath();
    var pair =
        user != null
            ? URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8)
            : token == null ? null : "x-access-token:" + token;
    return new CloneUrl(address, origin, pair == null ? null : basic(pair));
  }

  private static String basic(String pair) {
    return "Authorization: Basic "
        + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return address;
  }
}
