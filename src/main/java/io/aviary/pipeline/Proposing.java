package io.aviary.pipeline;

import io.aviary.gates.MetricsServer;
import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.Cluster.Pod;
import io.aviary.kubernetes.ClusterException;
import io.aviary.kubernetes.Clusters;
import io.aviary.kubernetes.Json;
import io.aviary.kubernetes.KubeObject;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.Proposals;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.source.Checkout;
import io.aviary.source.Mistake;
import io.aviary.source.ReleaseReader;
import io.aviary.source.RepositoryLook;
import io.aviary.source.SourceException;
import io.aviary.source.Sources;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** Looks around for a proposal, and has it read as a release would read it. */
@Component
class Proposing implements Proposals {

  private static final String DEPLOYMENT = "apps/v1/Deployment";
  private static final String ROUTE = "gateway.networking.k8s.io/v1/HTTPRoute";

  private final Applications applications;
  private final Sources sources;
  private final ReleaseReader reader;
  private final Clusters clusters;
  private final MetricsServer metrics;
  private final InstantSource clock;

  Proposing(
      Applications applications,
      Sources sources,
      ReleaseReader reader,
      Clusters clusters,
      MetricsServer metrics,
      InstantSource clock) {
    this.applications = applications;
    this.sources = sources;
    this.reader = reader;
    this.clusters = clusters;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public Proposal propose(String name) {
    var application =
        applications
            .find(name)
            .orElseThrow(() -> ReleaseRefusedException.unknownApplication(name))
            .withoutRelease();
    try (var checkout = sources.fetch(application, sources.head(application))) {
      return propose(application, checkout);
    } catch (SourceException e) {
      throw ReleaseRefusedException.conflict(
          "the repository could not be looked at: " + e.getMessage());
    }
  }

  private Proposal propose(ApplicationProperties application, Checkout checkout) {
    var problems = new ArrayList<String>();
    var look = RepositoryLook.at(checkout);
    var proposed = new ProposedRelease(look, live(application, problems));
    var production = proposed.production();
    var pods =
        production == null ? List.<String>of() : pods(application, production.deployment().name());
    var text =
        proposed.text(
            checkout.revision().substring(0, 7),
            production,
            KnownMetrics.find(metrics, pods, clock.instant()));
    problems.addAll(proposed.assumptions());
    var open = new ArrayList<>(proposed.open());
    if (reader.read(application, checkout.with(ReleaseReader.FILE, text))
        instanceof ReleaseReader.Mistakes(var mistakes)) {
      mistakes.stream().map(Mistake::toString).forEach(open::add);
    }
    return new Proposal(
        checkout.revision(), checkout.exists(ReleaseReader.FILE), text, problems, open);
  }

  private ProposedRelease.Namespace live(ApplicationProperties application, List<String> problems) {
    var namespace = application.namespace();
    var replicas = new TreeMap<String, Integer>();
    var routes = new TreeMap<String, String>();
    try {
      var cluster = clusters.cluster(application.kubeContext());
      for (var live : live(cluster, namespace, DEPLOYMENT)) {
        replicas.put(live.name(), Json.numberOr(1, live.content(), "spec", "replicas"));
      }
      live(cluster, namespace, ROUTE).forEach(route -> services(route, routes));
    } catch (ClusterException e) {
      problems.add("the cluster could not be looked at: " + e.getMessage());
    }
    return new ProposedRelease.Namespace(namespace, replicas, routes);
  }

  private static List<KubeObject> live(Cluster cluster, String namespace, String kind) {
    return cluster.list(namespace, List.of(kind), Map.of()).stream()
        .flatMap(ref -> cluster.live(ref).stream())
        .toList();
  }

  private static void services(KubeObject route, Map<String, String> routes) {
    for (var rule : Json.maps(route.content(), "spec", "rules")) {
      for (var backend : Json.maps(rule, "backendRefs")) {
        var service = Json.text(backend, "name");
        if (service != null) {
          routes.putIfAbsent(service, route.name());
        }
      }
    }
  }

  private List<String> pods(ApplicationProperties application, String deployment) {
    try {
      return clusters
          .cluster(application.kubeContext())
          .podsOf(application.namespace(), deployment)
          .stream()
          .map(Pod::name)
          .toList();
    } catch (ClusterException e) {
      return List.of(); // said already
    }
  }
}
