package io.aviary.kubernetes;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Asks each application's cluster for its version once the server takes requests. The first request
 * loads and connects what it needs, which takes seconds: nobody who approves a release just after a
 * start shall wait for that. And it is in the log at once if a cluster does not answer.
 */
@Component
class EarlyConnections {

  private static final Logger LOG = LoggerFactory.getLogger(EarlyConnections.class);

  private final Applications applications;
  private final Clusters clusters;

  EarlyConnections(Applications applications, Clusters clusters) {
    this.applications = applications;
    this.clusters = clusters;
  }

  @EventListener(ApplicationReadyEvent.class)
  void begin() {
    var _ = Thread.ofPlatform().daemon().name("early-connections").start(this::connect);
  }

  /** One after the other, each once. */
  void connect() {
    applications.all().stream()
        .map(ApplicationProperties::kubeContext)
        .distinct()
        .forEach(this::connect);
  }

  private void connect(@Nullable String context) {
    try {
      LOG.debug("{}", clusters.cluster(context).describe());
    } catch (RuntimeException e) {
      LOG.warn(
          "The cluster of kube-context {} does not answer, so that nothing can be released to it now: {}",
          context == null ? "(the current one)" : context,
          e.getMessage());
    }
  }
}
