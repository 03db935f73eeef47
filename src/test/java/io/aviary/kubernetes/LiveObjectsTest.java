package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LiveObjectsTest {

  @Test
  void whatTheServerAddedIsLeftOut() {
    var live =
        Yaml.map(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: birds
              namespace: otom8
              uid: 6f9619ff
              resourceVersion: "12"
              generation: 3
              creationTimestamp: "2026-01-01T00:00:00Z"
              labels: {app: birds}
              annotations:
                kubectl.kubernetes.io/last-applied-configuration: "{}"
              managedFields: []
            spec:
              clusterIP: 10.43.0.7
              clusterIPs: [10.43.0.7]
              ipFamilies: [IPv4]
              healthCheckNodePort: 31000
              ports: [{port: 80, nodePort: 30080}]
            status: {loadBalancer: {}}
            """);

    assertThat(LiveObjects.cleaned(live).content())
        .isEqualTo(
            Yaml.map(
                """
                apiVersion: v1
                kind: Service
                metadata:
                  name: birds
                  namespace: otom8
                  labels: {app: birds}
                spec:
                  ports: [{port: 80, nodePort: 30080}]
                """));
  }

  @Test
  void aHeadlessServiceStaysHeadless() {
    var live =
        Yaml.map(
            "{kind: Service, metadata: {name: a}, spec: {clusterIP: None, clusterIPs: [None]}}");

    assertThat(LiveObjects.cleaned(live).content())
        .isEqualTo(Yaml.map("{kind: Service, metadata: {name: a}, spec: {clusterIP: None}}"));
  }
}
