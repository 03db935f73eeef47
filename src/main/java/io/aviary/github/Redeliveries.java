package io.aviary.github;

import io.aviary.github.HooksClient.Attempt;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.Deliveries;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks GitHub to send again what did not arrive. GitHub itself never does, and forgets a delivery
 * after three days. A push that is lost for good is found by looking at the branch; a delivery that
 * comes again says who pushed what, and in which order.
 */
final class Redeliveries {

  private static final Logger log = LoggerFactory.getLogger(Redeliveries.class);
  private static final Duration KEPT = Duration.ofDays(3);

  /** What is under way now is not lost yet. */
  private static final Duration YOUNG = Duration.ofMinutes(1);

  private static final int MOST_ATTEMPTS = 5;

  private final Applications applications;
  private final Deliveries deliveries;
  private final HooksClient hooks;
  private final String url;
  private final InstantSource clock;
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  Redeliveries(
      Applications applications,
      Deliveries deliveries,
      HooksClient hooks,
      URI server,
      InstantSource clock) {
    this.applications = applications;
    this.deliveries = deliveries;
    this.hooks = hooks;
    this.url = GitHubWebhooks.address(server);
    this.clock = clock;
  }

  /**
   * Asks for all of them once.
   *
   * @return how many were asked for
   */
  int ask() {
    var byRepository = new LinkedHashMap<String, ApplicationProperties>();
    applications.all().forEach(it -> byRepository.putIfAbsent(it.repository(), it));
    var asked = 0;
    for (var application : byRepository.values()) {
      try {
        asked += ask(application);
        said.remove(application.repository());
      } catch (IOException e) {
        // Often a token that may not read webhooks: once is enough.
        if (said.add(application.repository())) {
          log.info(
              "failed deliveries of {} cannot be asked for: {}",
              application.repository(),
              e.getMessage());
        }
      }
    }
    return asked;
  }

  private int ask(ApplicationProperties application) throws IOException {
    var hook = hooks.find(application, url);
    if (hook.isEmpty()) {
      return 0;
    }
    var now = clock.instant();
    var byGuid =
        hooks.attempts(application, hook.get().id(), now.minus(KEPT)).stream()
            .filter(attempt -> attempt.event().equals("push"))
            .collect(Collectors.groupingBy(Attempt::guid, LinkedHashMap::new, Collectors.toList()));
    var asked = 0;
    // The oldest first, as they happened.
    for (var attempts : byGuid.sequencedValues().reversed()) {
      var newest = attempts.getFirst();
      if (attempts.stream().noneMatch(Attempt::isDelivered)
          && attempts.size() < MOST_ATTEMPTS
          && newest.at().isBefore(now.minus(YOUNG))
          && deliveries.find(newest.guid()).isEmpty()) {
        hooks.again(application, hook.get().id(), newest.id());
        log.info(
            "asked for delivery {} of {} again: it was answered {}",
            newest.guid(),
            application.repository(),
            newest.status() == 0 ? "by nobody" : newest.status());
        asked++;
      }
    }
    return asked;
  }
}
