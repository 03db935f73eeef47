package io.aviary.web.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Vouches for whom a test names, by OpenID Connect and as GitHub does. */
final class FakeProvider implements AutoCloseable {

  private final HttpServer server;
  private final RSAKey key;
  volatile String person = "tern";
  volatile List<String> groups = List.of();
  volatile @Nullable String nonce;

  FakeProvider() {
    try {
      key = new RSAKeyGenerator(2048).keyID("k").generate();
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException | JOSEException e) {
      throw new IllegalStateException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    says("/.well-known/openid-configuration", this::configuration);
    says("/jwks", () -> new JWKSet(key.toPublicJWK()).toString());
    says("/token", this::tokens);
    says("/userinfo", () -> "{\"sub\": \"1\", \"preferred_username\": \"" + person + "\"}");
    says(
        "/login/oauth/access_token",
        () -> "{\"access_token\": \"gho\", \"token_type\": \"bearer\", \"scope\": \"read:org\"}");
    says("/user/teams", this::teams);
    says("/user", () -> "{\"login\": \"" + person + "\", \"id\": 1}");
    server.start();
  }

  private interface Document {
    String text();
  }

  private void says(String path, Document document) {
    server.createContext(
        path,
        exchange -> {
          var bytes = document.text().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, bytes.length);
          try (var out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private String configuration() {
    return """
    {"issuer": "URL", "authorization_endpoint": "URL/authorize", "token_endpoint": "URL/token",
     "jwks_uri": "URL/jwks", "userinfo_endpoint": "URL/userinfo", "subject_types_supported": ["public"],
     "id_token_signing_alg_values_supported": ["RS256"], "response_types_supported": ["code"]}
    """
        .replace("URL", url());
  }

  private String tokens() {
    try {
      var now = Instant.now();
      var token =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k").build(),
              new JWTClaimsSet.Builder()
                  .issuer(url())
                  .subject("1")
                  .audience("aviary")
                  .issueTime(Date.from(now))
                  .expirationTime(Date.from(now.plusSeconds(60)))
                  .claim("nonce", nonce)
                  .claim("preferred_username", person)
                  .claim("groups", groups)
                  .build());
      token.sign(new RSASSASigner(key));
      return "{\"access_token\": \"a\", \"token_type\": \"Bearer\", \"expires_in\": 60, \"scope\":"
          + " \"openid\", \"id_token\": \""
          + token.serialize()
          + "\"}";
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private String teams() {
    return groups.stream()
        .map(it -> it.split("/", 2))
        .map(
            it -> "{\"slug\": \"" + it[1] + "\", \"organization\": {\"login\": \"" + it[0] + "\"}}")
        .toList()
        .toString();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
