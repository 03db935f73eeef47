package io.aviary.web.security;

import io.aviary.release.AviaryProperties.Token;
import io.aviary.release.LiveConfiguration;
import io.aviary.release.Sha256;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The API tokens of the configuration as it is now; only their hashes are kept. */
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

  /** Hashed anew only when there are other tokens. */
  private record Hashed(List<Token> source, List<Known> known) {
    static Hashed of(List<Token> tokens) {
      return new Hashed(tokens, tokens.stream().map(Known::new).toList());
    }
  }

  private final LiveConfiguration configuration;
  private volatile Hashed hashed;

  BearerTokens(LiveConfiguration configuration) {
    this.configuration = configuration;
    var tokens = configuration.current().security().tokens();
    var names = new HashSet<String>();
    for (var token : tokens) {
      if (!names.add(token.name())) {
        throw new IllegalStateException(
            "aviary.security.tokens names '" + token.name() + "' twice; names must be unique");
      }
    }
    hashed = Hashed.of(tokens);
  }

  /** Takes the same time whichever token it is, or none. */
  Optional<Token> find(String value) {
    var hash = Sha256.of(value);
    @Nullable Token found = null;
    for (var candidate : known()) {
      if (MessageDigest.isEqual(candidate.hash, hash)) {
        found = candidate.token;
      }
    }
    return Optional.ofNullable(found);
  }

  @SuppressWarnings("ReferenceEquality")
  private List<Known> known() {
    var tokens = configuration.current().security().tokens();
    var last = hashed;
    if (last.source() != tokens) {
      last = Hashed.of(tokens);
      hashed = last;
    }
    return last.known();
  }
}
