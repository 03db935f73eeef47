package io.aviary.release.audit;

import io.aviary.release.Housekeeping;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** Removes what is older than the audit is kept. */
@Component
@EnableConfigurationProperties(AuditProperties.class)
class AuditRetention implements Housekeeping {

  private final Audit audit;
  private final AuditProperties properties;
  private final InstantSource clock;

  AuditRetention(Audit audit, AuditProperties properties, InstantSource clock) {
    this.audit = audit;
    this.properties = properties;
    this.clock = clock;
  }

  @Override
  public String what() {
    return "audit entries";
  }

  @Override
  public int clear() {
    return audit.forgetBefore(clock.instant().minus(properties.retention()));
  }
}
