package io.aviary.release.audit;

import io.aviary.release.Actor;
import io.aviary.release.Sha256;
import io.aviary.release.masking.Masking;
import java.util.List;
import java.util.TreeMap;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.stereotype.Component;

/**
 * Writes down that the server has been started with another configuration than before, and what
 * became of one that was changed while it runs. Of secrets only the names count: a fingerprint of
 * their values would let them be guessed.
 */
@Component
public class ConfigurationChanges {

  private static final String FINGERPRINT = "fingerprint ";

  private final Audit audit;
  private final ConfigurableEnvironment environment;

  public ConfigurationChanges(Audit audit, ConfigurableEnvironment environment) {
    this.audit = audit;
    this.environment = environment;
  }

  @EventListener(ApplicationReadyEvent.class)
  void compare() {
    var found = FINGERPRINT + fingerprint(environment);
    var before =
        audit
            .search(new AuditFilter(AuditEntry.Kind.CONFIGURATION, null, null, null, null), 0, 100)
            .items()
            .stream()
            .map(AuditEntry::why)
            .filter(why -> why != null && why.startsWith(FINGERPRINT))
            .findFirst();
    if (before.isEmpty() || !found.equals(before.get())) {
      audit.add(
          AuditEntry.Kind.CONFIGURATION,
          Actor.AVIARY,
          before.isEmpty() ? "start for the first time" : "start differently",
          "configuration",
          null,
          found);
    }
  }

  /**
   * Files have changed, and what they say is in effect.
   *
   * @param what has changed, without values
   * @param environment with the changed files
   */
  public void takenOver(String what, ConfigurableEnvironment environment) {
    add("take over", what, FINGERPRINT + fingerprint(environment));
  }

  /** Files have changed and have mistakes; what was in effect still is. */
  public void refused(List<String> mistakes) {
    add("refuse", "changed configuration", String.join("; ", mistakes));
  }

  private void add(String action, String subject, String why) {
    audit.add(AuditEntry.Kind.CONFIGURATION, Actor.AVIARY, action, subject, null, why);
  }

  private static String fingerprint(ConfigurableEnvironment environment) {
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
