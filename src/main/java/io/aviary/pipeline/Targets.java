package io.aviary.pipeline;

import io.aviary.images.PushedImage;
import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.Clusters;
import io.aviary.kubernetes.KubeObject;
import io.aviary.kubernetes.Manifests;
import io.aviary.kubernetes.Names;
import io.aviary.release.AviaryProperties;
import io.aviary.release.step.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/**
 * Where a run's objects go and what they are made of: what all steps that touch the cluster need.
 */
@Component
class Targets {

  private final Clusters clusters;
  private final AviaryProperties properties;

  Targets(Clusters clusters, AviaryProperties properties) {
    this.clusters = clusters;
    this.properties = properties;
  }

  Cluster cluster(StepContext<?> step) {
    return clusters.cluster(step.application().kubeContext());
  }

  String namespace(StepContext<?> step) {
    return step.application().namespace();
  }

  SourceRead source(StepContext<?> step) {
    return step.result("readSource", SourceRead.class)
        .orElseThrow(() -> new IllegalStateException("the commit has not been read"));
  }

  /** Image name to reference with digest, of all images that are there by now. */
  Map<String, String> images(StepContext<?> step) {
    var references = new TreeMap<String, String>();
    for (var image : step.definition().images()) {
      step.result(image.pushStep(), PushedImage.class)
          .ifPresent(pushed -> references.put(image.name(), pushed.reference()));
    }
    return references;
  }

  /** What somebody else did to the canary's Deployment since it was deployed. */
  Optional<String> trouble(StepContext<?> step, CanaryDeployed deployed) {
    var source = source(step);
    return AsMade.trouble(
        cluster(step),
        namespace(step),
        source.canaryDeployment(),
        source.canary(),
        deployed.images(),
        deployed.objects());
  }

  /** What somebody else did to production's Deployment since it was applied. */
  Optional<String> trouble(StepContext<?> step, ProductionDeployed deployed) {
    var source = source(step);
    return AsMade.trouble(
        cluster(step),
        namespace(step),
        source.productionDeployment(),
        source.production(),
        deployed.images(),
        deployed.applied());
  }

  /** Objects ready to be applied: current versions, images by digest, our labels on the objects. */
  List<KubeObject> prepare(StepContext<?> step, List<Map<String, Object>> contents) {
    var cluster = cluster(step);
    var namespace = namespace(step);
    var objects = contents.stream().map(KubeObject::new).toList();
    var modern = Manifests.modern(objects, List.of());
    var live =
        modern.stream()
            .filter(object -> object.kind().equals("Deployment"))
            .map(
                object ->
                    cluster
                        .find(namespace, object.apiVersion(), object.kind(), object.name())
                        .flatMap(cluster::live)
                        .orElse(null))
            .filter(Objects::nonNull)
            .toList();
    var current = Manifests.modern(objects, live);
    var pinned = Manifests.withImages(current, images(step));
    var labelled =
        Manifests.withLabels(pinned, Names.labels(step.run().application(), step.run().id()));
    var secret = properties.build().registrySecret();
    return secret == null ? labelled : Manifests.withPullSecret(labelled, secret);
  }
}
