package io.aviary.webhook;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.HmacSha256;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Who may send deliveries: those who know a secret of an application. */
@Component
class Senders {

  /**
   * So many repositories that an unverified body names are tried; GitHub's bodies name one to
   * three.
   */
  private static final int MOST_HINTS = 8;

  /**
   * A body that names no repository at all, such as an organisation's ping or a malformed one, is
   * tried with every secret there is, unless that would have more bytes hashed than this.
   */
  private static final long MOST_HASHED = 64L * 1024 * 1024;

  private final Applications applications;
  private final HmacSha256 nobody = new HmacSha256(UUID.randomUUID().toString());
  private volatile Registry registry = new Registry(List.of());

  Senders(Applications applications) {
    this.applications = applications;
  }

  /** The applications that the server is configured with, arranged for looking up. */
  private static final class Registry {
    private final List<ApplicationProperties> source;
    private final Map<String, List<ApplicationProperties>> byRepository = new HashMap<>();
    private final Map<String, HmacSha256> secrets = new HashMap<>();

    Registry(List<ApplicationProperties> source) {
      this.source = source;
      for (var application : source) {
        byRepository
            .computeIfAbsent(key(application.repository()), any -> new ArrayList<>())
            .add(application);
        application.webhookSecrets().forEach(it -> secrets.computeIfAbsent(it, HmacSha256::new));
      }
    }

    private static String key(String repository) {
      return repository.toLowerCase(Locale.ROOT);
    }
  }

  /** The secrets that a body is signed with, one at least. */
  static final class Proof {
    private final Registry registry;
    private final Set<String> values;

    private Proof(Registry registry, Set<String> values) {
      this.registry = registry;
      this.values = values;
    }

    /**
     * The applications whose own secret signed the body.
     *
     * @param repository null: the event is about none
     */
    List<Recipient> recipients(@Nullable String repository) {
      var candidates =
          repository == null
              ? registry.source
              : registry.byRepository.getOrDefault(Registry.key(repository), List.of());
      var found = new ArrayList<Recipient>();
      for (var application : candidates) {
        var secrets = application.webhookSecrets();
        for (var index = 0; index < secrets.size(); index++) {
          if (values.contains(secrets.get(index))) {
            found.add(new Recipient(application, index));
            break;
          }
        }
      }
      return found;
    }
  }

  /** Null: no secret of any application that it could be for matches. */
  @Nullable Proof verify(byte[] body, Signature signature) {
    var known = registry();
    var matching = new HashSet<String>();
    var candidates = candidates(known, body);
    if (candidates.isEmpty()) {
      // As much work as for a registered repository, so that the time tells a stranger nothing.
      var _ = signature.isOf(body, nobody);
    }
    for (var value : candidates) {
      var secret = known.secrets.get(value);
      if (secret != null && signature.isOf(body, secret)) {
        matching.add(value);
      }
    }
    return matching.isEmpty() ? null : new Proof(known, matching);
  }

  private static Collection<String> candidates(Registry known, byte[] body) {
    var hints = RepositoryHint.find(body, known.byRepository::containsKey, MOST_HINTS);
    if (!hints.namesAny()) {
      var all = known.secrets.keySet();
      return (long) all.size() * body.length <= MOST_HASHED ? all : List.of();
    }
    var values = new LinkedHashSet<String>();
    for (var hint : hints.known()) {
      for (var application : known.byRepository.getOrDefault(hint, List.of())) {
        values.addAll(application.webhookSecrets());
      }
    }
    return values;
  }

  /** Arranged anew only when there is another configuration. */
  @SuppressWarnings("ReferenceEquality")
  private Registry registry() {
    var current = applications.all();
    var known = registry;
    if (known.source != current) {
      known = new Registry(current);
      registry = known;
    }
    return known;
  }
}
