package io.aviary.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.definition.TrafficDefinition.By;
import io.aviary.traffic.TrafficSplit.Progress;
import org.junit.jupiter.api.Test;

/**
 * What the API server of the cluster that {@code TEST_KUBECONFIG} names makes of the canary's
 * Ingress; there is no ingress-nginx that would follow it.
 */
class IngressSplitIT {

  @Test
  void theIngressIsAcceptedStaysAsWrittenAndGoes() {
    try (var birds = new RealBirds()) {
      var split = birds.split(By.INGRESS, "edge");
      birds.apply(
          """
          apiVersion: networking.k8s.io/v1
          kind: Ingress
          metadata: {name: edge, annotations: {nginx.ingress.kubernetes.io/affinity: cookie}}
          spec:
            ingressClassName: nginx
            defaultBackend: {service: {name: birds, port: {number: 80}}}
            rules:
            - host: %s.example
              http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: birds, port: {number: 80}}}}]}
          """
              .formatted(birds.namespace()));

      RealBirds.reach(split, 10);
      assertThat(split.keep(10))
          .isEqualTo(new Progress.Reached(10, "weight 10 of 100 in the Ingress edge-canary"));
      var canary = birds.live(IngressSplit.API_VERSION, IngressSplit.KIND, "edge-canary");
      assertThat(Fields.texts(canary, "metadata", "annotations"))
          .containsEntry("nginx.ingress.kubernetes.io/canary", "true")
          .containsEntry("nginx.ingress.kubernetes.io/canary-weight", "10")
          .containsEntry("nginx.ingress.kubernetes.io/affinity", "cookie");

      RealBirds.withdraw(split);
      assertThat(
              birds
                  .cluster()
                  .find(
                      birds.namespace(),
                      IngressSplit.API_VERSION,
                      IngressSplit.KIND,
                      "edge-canary"))
          .isEmpty();
      assertThat(
              birds
                  .cluster()
                  .find(birds.namespace(), IngressSplit.API_VERSION, IngressSplit.KIND, "edge"))
          .isPresent();
    }
  }
}
