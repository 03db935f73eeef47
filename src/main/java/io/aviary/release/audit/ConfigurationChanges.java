package io.aviary.release.audit;

import io.aviary.release.Actor;
import io.aviary.release.Sha256;
import io.aviary.release.masking.Masking;
import java.util.TreeMap;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.stereotype.Component;

/**
 * Writes down that the server has been started with another configuration than before. Of secrets
 * only the names count: a fingerprint of their values would let them be guessed.
 */
@Component
class ConfigurationChanges {

  private final Audit audit;
  private final ConfigurableEnvironment environment;

  ConfigurationChanges(Audit audit, ConfigurableEnvironment environment) {
    this.audit = audit;
    this.environment = environment;
  }

  @EventListener(ApplicationReadyEvent.class)
  void compare() {
    var found = "fingerprint " + fingerprint();
    var before =
        audit.search(new AuditFilter(AuditEntry.Kind.CONFIGURATION, null, null, null, null), 0, 1);
    if (before.items().isEmpty() || !found.equals(before.items().getFirst().why())) {
      audit.add(
          AuditEntry.Kind.CONFIGURATION,
          Actor.AVIARY,
          before.items().isEmpty() ? "start for the first time" : "start differently",
          "configuration",
          null,
          found);
    }
  }

  private String fingerprint() {
    var all = new TreeMap<String, String>();
    for (var source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> enumerable) {
        for (var name : enumerable.getPropertyNames()) {
          if (name.startsWith("aviary.") || name.startsWith("AVIARY_")) {
            var value = environment.getProperty(name, "");
            all.put(name, Masking.isNameOfASecret(name) ? "" : value);
          }
        }
      }
    }
    return Sha256.hex(all.toString()).substring(0, 16);
  }
}
