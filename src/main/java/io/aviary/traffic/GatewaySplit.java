package io.aviary.traffic;

import io.aviary.traffic.TrafficSplits.Between;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A share by the weights of a Gateway API HTTPRoute: the canary's Service becomes a backend of each
 * rule that sends requests to production's, see {@link SharedRoute}. The share is the canary's
 * weight / all weights of the rule.
 *
 * <p>A weight is raised only while the canary has as many ready pods as it needs, and only from a
 * state that each parent of the route has accepted: at first the backend is added with weight 0, so
 * that a route that a controller does not like costs no request. A write is one object with
 * optimistic locking, which changes nothing but backends and weights, and remembers in an
 * annotation what they were.
 *
 * <p>Accepted says that a controller has read the route; its data plane follows within seconds. No
 * status tells when, so that a short time is waited for in addition ({@link #SETTLING}).
 */
final class GatewaySplit implements TrafficSplit {

  static final String API_VERSION = "gateway.networking.k8s.io/v1";
  static final String KIND = "HTTPRoute";

  /**
   * From a route's acceptance until its data plane is taken to use it. Traefik, for one, gathers
   * changes for 2 s, and was measured to serve the old weights until 2.0 s after it had accepted
   * new ones.
   */
  static final Duration SETTLING = Duration.ofSeconds(3);

  private final Between between;
  private final @Nullable String canaryService;
  private final String route;
  private final double tolerance;
  private final InstantSource clock;

  GatewaySplit(Between between, String route, double tolerance, InstantSource clock) {
    this.between = between;
    this.canaryService = between.canaryService();
    this.route = route;
    this.tolerance = tolerance;
    this.clock = clock;
  }

  @Override
  public Progress advance(double percent) {
    if (canaryService == null) {
      return new Progress.Impossible(
          "the canary has no Service of its own, which a share by gateway needs as a backend; add one"
              + " to the canary's manifests");
    }
    var readiness = Readiness.look(between, canaryService, percent);
    var wrong = Readiness.wrong(readiness, between, canaryService);
    if (wrong != null) {
      return new Progress.Impossible(wrong);
    }
    if (readiness.production() == 0) {
      return new Progress.Pending(
          "waiting for a ready endpoint of the Service " + between.service() + " to share with");
    }
    var progress = new AtomicReference<Progress>(new Progress.Impossible(noRoute()));
    var enough = new AtomicBoolean(true);
    change(
        content -> {
          var changed = Fields.copy(content);
          progress.set(advance(changed, canaryService, readiness, enough));
          // What turned out to be impossible may have been begun in some of the rules.
          return progress.get() instanceof Progress.Impossible ? content : changed;
        });
    if (!enough.get()) {
      readiness.start(between);
    }
    return progress.get();
  }

  /**
   * One look at the route, and one change of it.
   *
   * @param enough set to whether the canary has enough ready pods
   */
  private Progress advance(
      Map<String, Object> content, String canary, Readiness readiness, AtomicBoolean enough) {
    var shared = new SharedRoute(content, between.namespace(), between.service(), canary);
    var now = shared.share();
    enough.set(!shared.servesProduction() || readiness.isEnough(now, tolerance));
    if (!shared.servesProduction()) {
      return new Progress.Impossible(
          "no rule of the HTTPRoute "
              + route
              + " sends requests to the Service "
              + between.service()
              + "; name the route that does as traffic.route, or the Service as production.service");
    }
    if (!shared.isPrepared()) {
      var ports = ServicePorts.of(between.cluster(), between.namespace(), canary);
      return shared
          .prepare(ports::like)
          .<Progress>map(Progress.Impossible::new)
          .orElseGet(
              () -> pending("the canary becomes a backend of the HTTPRoute " + route, shared));
    }
    var target = readiness.allowed(now, tolerance);
    if (!enough.get() && target == now) {
      return new Progress.Pending(readiness.words());
    }
    var unaccepted = Acceptance.missing(content);
    if (target > now && unaccepted.isPresent()) {
      return new Progress.Pending(notAccepted(unaccepted.get()));
    }
    var impossible = shared.set(target);
    if (impossible.isPresent()) {
      return new Progress.Impossible(impossible.get());
    }
    if (!enough.get()) {
      return pending(readiness.words(), shared);
    }
    if (shared.isChanged()) {
      return pending("the HTTPRoute " + route + " gets " + shared.words(), shared);
    }
    if (unaccepted.isPresent()) {
      return new Progress.Pending(notAccepted(unaccepted.get()));
    }
    return isSettled(shared)
        ? new Progress.Reached(
            Percent.rounded(shared.share()), shared.words() + " in the HTTPRoute " + route)
        : new Progress.Pending(shared.words() + " is accepted and takes effect");
  }

  /** Cheap enough as it is: it reads the route and the endpoints, and writes only what differs. */
  @Override
  public Progress keep(double percent) {
    return advance(percent);
  }

  /**
   * First weight 0, then, when that is in use, the backend is taken out and the weights are as they
   * were. Whoever deletes the canary's Service before would make the route refer to nothing.
   */
  @Override
  public boolean withdraw() {
    if (canaryService == null
        || between.cluster().find(between.namespace(), API_VERSION, KIND, route).isEmpty()) {
      return true;
    }
    var done = new AtomicReference<>(true);
    change(
        content -> {
          done.set(withdraw(content, canaryService));
          return content;
        });
    return done.get();
  }

  private boolean withdraw(Map<String, Object> content, String canary) {
    var shared = new SharedRoute(content, between.namespace(), between.service(), canary);
    if (!shared.isTouched()) {
      return true;
    }
    if (shared.share() > 0) {
      shared.set(0);
      return false;
    }
    if (!Acceptance.isObserved(content)) {
      return false;
    }
    if (shared.isRestored()) {
      shared.forget();
      return true;
    }
    if (isSettled(shared)) {
      shared.restore();
    }
    return false;
  }

  // ----

  /** Whether the present weights have been accepted for long enough; call it once they are. */
  private boolean isSettled(SharedRoute shared) {
    var accepted = shared.acceptedAt();
    if (accepted == null) {
      shared.acceptedAt(clock.instant());
      return false;
    }
    return !clock.instant().isBefore(accepted.plus(SETTLING));
  }

  private void change(UnaryOperator<Map<String, Object>> change) {
    between.cluster().update(between.namespace(), API_VERSION, KIND, route, change);
  }

  private static Progress.Pending pending(String reason, SharedRoute shared) {
    return new Progress.Pending(
        shared.byOthers().isEmpty()
            ? reason
            : reason + "; someone else had been here: " + String.join(", ", shared.byOthers()));
  }

  private String notAccepted(String reason) {
    return "waiting until the HTTPRoute " + route + " is accepted: " + reason;
  }

  private String noRoute() {
    return "there is no HTTPRoute "
        + route
        + " in namespace "
        + between.namespace()
        + "; apply it, or correct traffic.route";
  }
}
