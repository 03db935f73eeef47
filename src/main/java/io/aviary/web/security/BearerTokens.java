package io.aviary.web.security;

import io.aviary.release.AviaryProperties;
import io.aviary.release.AviaryProperties.Token;
import io.aviary.release.Sha256;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The API tokens of the configuration; only their hashes are kept. */
@Component
class BearerTokens {

  private static final class Known {
    private final byte[] hash;
    private final Token token;

    private Known(Token token) {
      this.hash = Sha256.of(token.value());
      this.token = token;
    }
  }

  private final List<Known> known;

  BearerTokens(AviaryProperties properties) {
    var tokens = properties.security().tokens();
    var names = new HashSet<String>();
    for (var token : tokens) {
      if (!names.add(token.name())) {
        throw new IllegalStateException(
            "aviary.security.tokens names '" + token.name() + "' twice; names must be unique");
      }
    }
    known = tokens.stream().map(Known::new).toList();
  }

  /** Takes the same time whichever token it is, or none. */
  Optional<Token> find(String value) {
    var hash = Sha256.of(value);
    @Nullable Token found = null;
    for (var candidate : known) {
      if (MessageDigest.isEqual(candidate.hash, hash)) {
        found = candidate.token;
      }
    }
    return Optional.ofNullable(found);
  }
}
