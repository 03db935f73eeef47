package io.aviary.pipeline;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.Clusters;
import io.aviary.kubernetes.Names;
import io.aviary.kubernetes.ObjectRef;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.AviaryProperties;
import io.aviary.release.Housekeeping;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Removes build and test pods, Jobs and Secrets that a run left behind, long after it ended. What a
 * run that this server does not know made is another server's, and stays; so do canaries that could
 * not be undone: their runs are FAILED and name them.
 */
@Component
class Leftovers implements Housekeeping {

  /** A run that has just ended may still be seen in the middle of removing its own. */
  private static final Duration GRACE = Duration.ofMinutes(10);

  private static final String TESTS = "v1/Pod";

  /** A Secret is not listed but goes with its Job: who may list Secrets may read them all. */
  private static final String BUILDS = "batch/v1/Job";

  /** On each pod of a Job, which goes with that. */
  private static final String OF_JOB = "batch.kubernetes.io/job-name";

  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  private final Clusters clusters;
  private final Applications applications;
  private final AviaryProperties properties;
  private final Runs runs;
  private final InstantSource clock;

  Leftovers(
      Clusters clusters,
      Applications applications,
      AviaryProperties properties,
      Runs runs,
      InstantSource clock) {
    this.clusters = clusters;
    this.applications = applications;
    this.properties = properties;
    this.runs = runs;
    this.clock = clock;
  }

  @Override
  public String what() {
    return "leftover pods, Jobs and Secrets";
  }

  @Override
  public int clear() {
    var removed = 0;
    for (var application : applications.all()) {
      try {
        removed += clear(application);
      } catch (RuntimeException e) {
        log.warn(
            "what runs of {} may have left could not be looked for, and is looked for again later: {}",
            application.name(),
            e.getMessage());
      }
    }
    return removed;
  }

  private int clear(ApplicationProperties application) {
    var cluster = clusters.cluster(application.kubeContext());
    var removed = 0;
    for (var place : places(application).entrySet()) {
      var namespace = place.getKey();
      var labels =
          Map.of(Names.MANAGED_BY, "aviary", Names.APPLICATION, Names.label(application.name()));
      for (var object : cluster.list(namespace, place.getValue(), labels)) {
        if (isOfDeadRun(cluster, object, application)) {
          log.info("removing {} in {}, left by a run that has ended", object.label(), namespace);
          remove(cluster, object);
          removed++;
        }
      }
    }
    return removed;
  }

  /** A build's Secret has the name of its Job. */
  private static void remove(Cluster cluster, ObjectRef object) {
    cluster.delete(object);
    if (object.kind().equals("Job")) {
      cluster.find(object.namespace(), "v1", "Secret", object.name()).ifPresent(cluster::delete);
    }
  }

  /** Which kinds may have been left in which namespace; more are not asked for. */
  private Map<String, List<String>> places(ApplicationProperties application) {
    var builds = properties.build().namespace();
    return builds == null || builds.equals(application.namespace())
        ? Map.of(application.namespace(), List.of(TESTS, BUILDS))
        : Map.of(application.namespace(), List.of(TESTS), builds, List.of(BUILDS));
  }

  private boolean isOfDeadRun(
      Cluster cluster, ObjectRef object, ApplicationProperties application) {
    return cluster
        .live(object)
        .filter(live -> !live.labels().containsKey(OF_JOB))
        .flatMap(live -> Optional.ofNullable(live.labels().get(Names.RUN)))
        .flatMap(Leftovers::number)
        .flatMap(runs::find)
        .filter(run -> run.application().equals(application.name()))
        .filter(this::isLongOver)
        .isPresent();
  }

  private boolean isLongOver(RunView run) {
    var finished = run.finishedAt();
    return finished != null && finished.plus(GRACE).isBefore(clock.instant());
  }

  private static Optional<Long> number(String run) {
    try {
      return Optional.of(Long.parseLong(run));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
