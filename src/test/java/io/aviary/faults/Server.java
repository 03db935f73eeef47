package io.aviary.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.Housekeeping;
import io.aviary.release.Interventions;
import io.aviary.release.Runs;
import io.aviary.release.engine.EngineDoor;
import io.aviary.simulation.GitHubStandIn;
import io.aviary.webhook.WebhookDoor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.filter.RegexPatternTypeFilter;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.util.ClassUtils;

/**
 * One server: all beans that work on releases, new ones each time, so that nothing is remembered
 * but what the database holds. What holds nothing of Aviary's comes from the laboratory and is
 * shared: the connection pool, Hibernate's model, JSON, the configuration. Its pages, its API and
 * its reports to GitHub are left out, and one thread of the test takes the place of the
 * dispatcher's.
 */
final class Server implements AutoCloseable {

  /** What is scanned once for all servers. */
  private static final List<Class<?>> BEANS = beans();

  private final AnnotationConfigApplicationContext context;
  private final EngineDoor engine;

  private Server(AnnotationConfigApplicationContext context) {
    this.context = context;
    this.engine = context.getBean(EngineDoor.class);
  }

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement
  static class Wiring {}

  private static List<Class<?>> beans() {
    var scanner = new ClassPathScanningCandidateComponentProvider(true);
    scanner.addExcludeFilter(
        new RegexPatternTypeFilter(
            java.util.regex.Pattern.compile(
                ".*\\.engine\\.Dispatcher|.*\\.release\\.masking\\..*|.*(Test|IT|LiveServer|LoadServer|Surroundings)(\\$.*)?")));
    return Stream.of(
            "release", "webhook", "pipeline", "source", "images", "kubernetes", "traffic", "gates")
        .flatMap(name -> scanner.findCandidateComponents("io.aviary." + name).stream())
        .<Class<?>>map(
            found ->
                ClassUtils.resolveClassName(
                    String.valueOf(found.getBeanClassName()), Server.class.getClassLoader()))
        .toList();
  }

  /**
   * Starts one.
   *
   * @param shared see above
   */
  static Server start(ApplicationContext shared, InstantSource clock) {
    var context = new AnnotationConfigApplicationContext();
    context.setParent(shared);
    context.registerBean(
        "testClock", InstantSource.class, () -> clock, bean -> bean.setPrimary(true));
    context.registerBean(EngineDoor.class);
    context.register(Wiring.class);
    BEANS.forEach(context::register);
    context.refresh();
    return new Server(context);
  }

  Interventions interventions() {
    return context.getBean(Interventions.class);
  }

  Runs runs() {
    return context.getBean(Runs.class);
  }

  /** What the webhook answers to a delivery. */
  String receive(GitHubStandIn.Delivery delivery, String secret) {
    var answer = WebhookDoor.of(context).receive(delivery, secret);
    assertThat(answer.getStatusCode().value()).as("%s", answer.getBody()).isEqualTo(202);
    return String.valueOf(answer.getBody());
  }

  /** All that is cleared away once an hour. */
  void clearAway() {
    for (var one : context.getBeansOfType(Housekeeping.class).values()) {
      var _ = one.clear();
    }
  }

  void lookForMissedPushes() {
    WebhookDoor.of(context).lookForMissedPushes();
  }

  /**
   * Works on what is to be done.
   *
   * @param atMost waits so long for an event if there is nothing
   * @return false: there was nothing
   */
  boolean work(Duration atMost) throws InterruptedException {
    var ready = engine.ready(atMost);
    ready.forEach(engine::advance);
    return !ready.isEmpty();
  }

  Optional<java.time.Instant> nextWake() {
    return engine.nextWake();
  }

  @Override
  public void close() {
    context.close();
  }
}
