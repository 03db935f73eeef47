package io.aviary.pipeline;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.Clusters;
import io.aviary.kubernetes.Names;
import io.aviary.release.Applications;
import io.aviary.release.RunPods;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Finds pods by the Deployments that a run has read at its commit. */
@Component
class PodsOfRuns implements RunPods {

  private static final String DEPLOYMENT = "Deployment ";

  private final Runs runs;
  private final Applications applications;
  private final Clusters clusters;

  PodsOfRuns(Runs runs, Applications applications, Clusters clusters) {
    this.runs = runs;
    this.applications = applications;
    this.clusters = clusters;
  }

  @Override
  public List<Group> of(long id) {
    var run = runs.find(id);
    var application = run.flatMap(it -> applications.find(it.application()));
    if (run.isEmpty() || application.isEmpty()) {
      return List.of();
    }
    var cluster = clusters.cluster(application.get().kubeContext());
    var namespace = application.get().namespace();
    var source = source(run.get());
    var canary = deployments(source, "canaryObjects");
    return Stream.of(
            canary.stream().map(name -> group(cluster, namespace, "canary", name)),
            canary.stream()
                .map(name -> Names.object(name, "baseline"))
                .map(name -> group(cluster, namespace, "baseline", name)),
            deployments(source, "productionObjects").stream()
                .map(name -> group(cluster, namespace, "production", name)))
        .flatMap(groups -> groups)
        .filter(group -> !group.pods().isEmpty())
        .toList();
  }

  /** A production run has read nothing: its canary run has. */
  private RunView source(RunView run) {
    return run.parent() == null ? run : runs.find(run.parent()).orElse(run);
  }

  private static List<String> deployments(RunView run, String output) {
    return run.steps().stream()
        .filter(step -> step.kind().equals("readSource"))
        .map(step -> step.outputs().get(output))
        .filter(Objects::nonNull)
        .flatMap(names -> names instanceof Collection<?> all ? all.stream() : Stream.of())
        .map(String::valueOf)
        .filter(name -> name.startsWith(DEPLOYMENT))
        .map(name -> name.substring(DEPLOYMENT.length()))
        .toList();
  }

  private static Group group(Cluster cluster, String namespace, String role, String deployment) {
    return new Group(
        role,
        deployment,
        cluster.podsOf(namespace, deployment).stream()
            .map(
                pod ->
                    new Pod(
                        pod.name(),
                        state(pod),
                        pod.ready() && !pod.terminating(),
                        pod.startedAt(),
                        pod.images().values().stream().sorted().toList()))
            .toList());
  }

  private static String state(Cluster.Pod pod) {
    if (pod.terminating()) {
      return "Ending";
    }
    if (pod.ready()) {
      return "Ready";
    }
    return pod.phase().equals("Running") ? "Not ready" : pod.phase();
  }
}
