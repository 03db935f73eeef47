package io.aviary.release.audit;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long is known who did what.
 *
 * @param retention older entries are removed
 */
@ConfigurationProperties("aviary.audit")
record AuditProperties(@DefaultValue("400d") Duration retention) {}
