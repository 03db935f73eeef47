package io.aviary.pipeline;

import io.aviary.kubernetes.Cluster.Pod;
import io.aviary.kubernetes.Json;
import io.aviary.kubernetes.KubeObject;
import io.aviary.kubernetes.Manifests;
import io.aviary.kubernetes.Names;
import io.aviary.kubernetes.ObjectRef;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.MetricDefinition.Compare;
import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.release.step.StepContext;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Pods of the current version, as old as the canary's and of the same size, to compare it with: a
 * Deployment with the canary's pod spec and the images that production runs, so that neither warmth
 * nor probes nor resources make the difference. They get traffic as production's pods do, and each
 * about as much as one of the canary's.
 *
 * <p>It is made with the canary and goes with it. It never keeps a canary from being released: if
 * it cannot be had, the comparison has no data, and the gate no verdict.
 */
@Component
class Baseline {

  /** On its pods and in its selector; its value names the Deployment. */
  static final String LABEL = "aviary.io/baseline";

  /**
   * However many pods the canary has. They are among those that serve production's part, and the
   * canary has as many pods as it needs for each to serve as much as one of these: a baseline as
   * large as the canary would make the canary larger, and that the baseline, without end from half
   * of the requests on.
   */
  private static final int MOST = 3;

  private final Targets targets;

  Baseline(Targets targets) {
    this.targets = targets;
  }

  static boolean isWanted(ReleaseDefinition definition) {
    return definition.canary().gates().stream().anyMatch(Baseline::isWanted);
  }

  static boolean isWanted(GateDefinition gate) {
    return gate.metrics().stream().anyMatch(metric -> metric.compare() == Compare.BASELINE);
  }

  static String name(SourceRead source) {
    return Names.object(source.canaryDeployment(), "baseline");
  }

  /**
   * The Deployment, ready to be applied.
   *
   * @param prepared the canary's objects, ready to be applied
   * @return empty: no gate compares with it, or there is no production to take it from
   */
  Optional<KubeObject> manifest(StepContext<?> step, List<KubeObject> prepared) {
    var source = targets.source(step);
    if (!isWanted(step.definition()) || source.productionService() == null) {
      return Optional.empty();
    }
    var cluster = targets.cluster(step);
    var namespace = targets.namespace(step);
    var running = cluster.podsOf(namespace, source.productionDeployment());
    var selector = cluster.selector(namespace, source.productionService());
    if (running.isEmpty() || selector.isEmpty()) {
      return Optional.empty();
    }
    var images = byCanarysName(step, images(source, newest(running)));
    return prepared.stream()
        .filter(object -> isDeployment(object.content(), source.canaryDeployment()))
        .findFirst()
        .filter(canary -> isReplaced(step, canary, images))
        .map(canary -> manifest(step, source, canary, selector.get(), images));
  }

  /** With one of the new images left in it, it would be no baseline. */
  private boolean isReplaced(StepContext<?> step, KubeObject canary, Map<String, String> images) {
    var used = Manifests.imageNames(List.of(canary));
    var missing =
        targets.images(step).values().stream()
            .map(Manifests::imageName)
            .filter(name -> used.contains(name) && !images.containsKey(name))
            .toList();
    if (!missing.isEmpty()) {
      step.record(
          "there is no baseline to compare with: production runs nothing in place of "
              + String.join(", ", missing),
          null);
    }
    return missing.isEmpty();
  }

  private KubeObject manifest(
      StepContext<?> step,
      SourceRead source,
      KubeObject canary,
      Map<String, String> productionSelector,
      Map<String, String> images) {
    var name = name(source);
    var own = Map.of(LABEL, Names.label(name));
    var labels = new TreeMap<>(productionSelector);
    labels.putAll(own);
    var content = Json.copy(canary.content());
    Json.put(
        content,
        Map.of("name", name, "labels", Names.labels(step.run().application(), step.run().id())),
        "metadata");
    Json.put(content, Map.of("matchLabels", own), "spec", "selector");
    Json.put(content, labels, "spec", "template", "metadata", "labels");
    Json.put(
        content, Math.min(MOST, Json.numberOr(1, content, "spec", "replicas")), "spec", "replicas");
    return Manifests.withImages(List.of(new KubeObject(content)), images).getFirst();
  }

  /** Production's images by the names that the canary's, pinned already, have in the registry. */
  private Map<String, String> byCanarysName(StepContext<?> step, Map<String, String> images) {
    var renamed = new LinkedHashMap<String, String>();
    targets
        .images(step)
        .forEach(
            (name, reference) -> {
              var current = images.get(name);
              if (current != null) {
                renamed.put(Manifests.imageName(reference), current);
              }
            });
    return renamed;
  }

  private static Pod newest(List<Pod> running) {
    return running.stream()
        .filter(pod -> pod.ready() && !pod.terminating())
        .findFirst()
        .orElse(running.getFirst());
  }

  /**
   * What production runs, by the image names of manifests: the container that production's manifest
   * gives such an image, or the only one.
   */
  private static Map<String, String> images(SourceRead source, Pod running) {
    var images = new LinkedHashMap<String, String>();
    for (var object : source.production()) {
      if (!isDeployment(object, source.productionDeployment())) {
        continue;
      }
      var containers = Json.maps(object, "spec", "template", "spec", "containers");
      for (var container : containers) {
        var runs = running.images().get(String.valueOf(container.get("name")));
        if (runs == null && containers.size() == 1 && running.images().size() == 1) {
          runs = running.images().values().iterator().next();
        }
        if (runs != null && container.get("image") instanceof String image) {
          images.put(Manifests.imageName(image), runs);
        }
      }
    }
    return images;
  }

  private static boolean isDeployment(Map<String, Object> object, String name) {
    return "Deployment".equals(object.get("kind"))
        && name.equals(Json.text(object, "metadata", "name"));
  }

  /**
   * Gives the baseline as many pods as the canary has by now, up to {@link #MOST}.
   *
   * @return what is still waited for; empty: nothing, or there is no baseline
   */
  Optional<String> waitsFor(StepContext<?> step) {
    var cluster = targets.cluster(step);
    var namespace = targets.namespace(step);
    var name = name(targets.source(step));
    var baseline = cluster.rollout(namespace, name).orElse(null);
    if (baseline == null) {
      return Optional.empty();
    }
    var canary =
        cluster
            .rollout(namespace, targets.source(step).canaryDeployment())
            .map(rollout -> rollout.desired())
            .orElse(1);
    var wanted = Math.min(MOST, canary);
    if (baseline.desired() != wanted) {
      cluster.scale(namespace, name, wanted);
      return Optional.of("the baseline gets " + wanted + (wanted == 1 ? " pod" : " pods"));
    }
    if (baseline.ready() < wanted) {
      return Optional.of(
          baseline.ready()
              + " of "
              + wanted
              + " pods of the baseline are ready"
              + trouble(Patience.words(baseline)));
    }
    var serving = serving(step, name);
    return serving >= wanted
        ? Optional.empty()
        : Optional.of(serving + " of " + wanted + " pods of the baseline get production's traffic");
  }

  /**
   * Whether production's traffic reaches one of its pods, also when its Deployment is deleted
   * already: the pods follow a moment later, and the endpoints after them.
   */
  boolean isServing(StepContext<?> step) {
    var service = targets.source(step).productionService();
    if (service == null || !isWanted(step.definition())) {
      return false;
    }
    var cluster = targets.cluster(step);
    var namespace = targets.namespace(step);
    var own = Map.of(LABEL, Names.label(name(targets.source(step))));
    var pods = cluster.list(namespace, List.of("v1/Pod"), own).stream().map(ObjectRef::name);
    return !Collections.disjoint(
        pods.collect(Collectors.toSet()), cluster.readyEndpoints(namespace, service));
  }

  /** A ready pod becomes an endpoint a moment later; only then is it a part of any share. */
  private int serving(StepContext<?> step, String name) {
    var source = targets.source(step);
    var cluster = targets.cluster(step);
    var namespace = targets.namespace(step);
    var pods = cluster.podsOf(namespace, name).stream().map(Pod::name).toList();
    var serving =
        new HashSet<>(
            cluster.readyEndpoints(
                namespace, Objects.requireNonNull(source.productionService(), "a baseline's")));
    serving.retainAll(pods);
    return serving.size();
  }

  private static String trouble(@Nullable String words) {
    return words == null || words.isEmpty() ? "" : ": " + words;
  }
}
