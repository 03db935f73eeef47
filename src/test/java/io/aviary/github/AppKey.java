package io.aviary.github;

import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** A GitHub App with a key that is made for the tests. */
final class AppKey {

  private static final int GITHUBS_BITS = 2048;
  private static final String PEM = pem();

  private AppKey() {}

  static GitHubProperties properties() {
    return new GitHubProperties(new GitHubProperties.App("1", PEM, null), true, true, false, true);
  }

  private static String pem() {
    try {
      var keys = KeyPairGenerator.getInstance("RSA");
      keys.initialize(GITHUBS_BITS);
      var pair = keys.generateKeyPair();
      return "-----BEGIN PRIVATE KEY-----\n"
          + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
          + "\n-----END PRIVATE KEY-----\n";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
