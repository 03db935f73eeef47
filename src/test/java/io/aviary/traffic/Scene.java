package io.aviary.traffic;

import io.aviary.kubernetes.Names;
import io.aviary.release.definition.TrafficDefinition;
import io.aviary.traffic.TrafficSplit.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Production with its pods and one canary beside it, as the article has them, and a clock. */
final class Scene implements InstantSource {

  final FakeCluster cluster = new FakeCluster();
  private Instant now = Instant.parse("2026-11-24T09:00:00Z");

  Scene(int production) {
    cluster.has(
        """
        {apiVersion: v1, kind: Service, metadata: {name: birds}, spec: {ports: [{name: http, port: 5000}],
          selector: {app: birds, production: ready}}}
        ---
        {apiVersion: v1, kind: Service, metadata: {name: birds-canary}, spec: {ports: [{name: http, port: 5000}],
          selector: {type: canary}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: birds}
        spec:
          replicas: %d
          selector: {matchLabels: {app: birds, production: ready}}
          template: {metadata: {labels: {app: birds, production: ready}}}
        """
            .formatted(production));
    canary("{type: canary}", "{type: canary}");
    cluster.start();
  }

  /** Replaces the canary's Deployment. */
  void canary(String selector, String template) {
    cluster.has(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: birds-canary}
        spec: {replicas: 1, selector: {matchLabels: %s}, template: {metadata: {labels: %s}}}
        """
            .formatted(selector, template));
  }

  void production(int replicas) {
    cluster.scale("ns", "birds", replicas);
    cluster.start();
    cluster.writes.clear();
  }

  TrafficSplits.Between between() {
    return between("birds-canary");
  }

  TrafficSplits.Between between(@Nullable String canaryService) {
    return new TrafficSplits.Between(
        cluster, "ns", "birds-canary", canaryService, "birds", Names.labels("birds", 7));
  }

  TrafficSplit split(TrafficDefinition.By by, @Nullable String route) {
    return new TrafficSplits(this).of(between(), new TrafficDefinition(by, route, 5));
  }

  /** Calls until the share is there or cannot be had, the cluster following each time. */
  Progress reach(TrafficSplit split, double percent, Runnable between) {
    for (var call = 0; call < 20; call++) {
      if (!(split.advance(percent) instanceof Progress.Pending)) {
        return split.advance(percent);
      }
      between.run();
      cluster.start();
    }
    return split.advance(percent);
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  @Override
  public Instant instant() {
    return now;
  }
}
