package io.aviary.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.KubeObject;
import io.aviary.kubernetes.Names;
import io.aviary.kubernetes.ObjectRef;
import io.aviary.kubernetes.RealCluster;
import io.aviary.release.definition.TrafficDefinition;
import io.aviary.traffic.TrafficSplit.Progress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Production with three pods and a canary with one on a real cluster; each answers its name. */
final class RealBirds implements AutoCloseable {

  private final RealCluster real = RealCluster.connect("t-traffic-");

  RealBirds() {
    apply(server("birds", 3) + "---\n" + server("birds-canary", 1));
    await()
        .atMost(Duration.ofMinutes(5))
        .untilAsserted(
            () -> {
              assertThat(endpoints("birds")).hasSize(3);
              assertThat(endpoints("birds-canary")).hasSize(1);
            });
  }

  Cluster cluster() {
    return real.cluster();
  }

  String namespace() {
    return real.namespace();
  }

  void apply(String yaml) {
    List<KubeObject> objects = new ArrayList<>();
    Yaml.objects(yaml).forEach(object -> objects.add(new KubeObject(object)));
    cluster().apply(namespace(), objects);
  }

  TrafficSplit split(TrafficDefinition.By by, @Nullable String route) {
    var between =
        new TrafficSplits.Between(
            cluster(),
            namespace(),
            "birds-canary",
            "birds-canary",
            "birds",
            Names.labels("birds", 1));
    return new TrafficSplits(InstantSource.system())
        .of(between, new TrafficDefinition(by, route, 5));
  }

  List<String> endpoints(String service) {
    return cluster().readyEndpoints(namespace(), service);
  }

  Map<String, Object> live(String apiVersion, String kind, String name) {
    return cluster()
        .live(new ObjectRef(apiVersion, kind, namespace(), name, null))
        .orElseThrow()
        .content();
  }

  static void reach(TrafficSplit split, double percent) {
    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> assertThat(split.advance(percent)).isInstanceOf(Progress.Reached.class));
  }

  static void withdraw(TrafficSplit split) {
    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(500))
        .until(split::withdraw);
  }

  @Override
  public void close() {
    real.close();
  }

  private static String server(String name, int replicas) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %1$s}
    spec:
      replicas: %2$d
      selector: {matchLabels: {type: %1$s}}
      template:
        metadata: {labels: {type: %1$s, for: %1$s}}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
          - name: server
            image: python:3.13-slim
            command:
            - python3
            - -c
            - |
              import http.server
              class Handler(http.server.BaseHTTPRequestHandler):
                  protocol_version = 'HTTP/1.1'
                  def do_GET(self):
                      self.send_response(200)
                      self.send_header('Content-Length', '%3$d')
                      self.end_headers()
                      self.wfile.write(b'%1$s')
                  def log_message(self, *args):
                      pass
              class Server(http.server.ThreadingHTTPServer):
                  request_queue_size = 256
              Server(('', 8080), Handler).serve_forever()
            readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1, timeoutSeconds: 5}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: %1$s}
    spec: {selector: {for: %1$s}, ports: [{port: 80, targetPort: 8080}]}
    """
        .formatted(name, replicas, name.length());
  }
}
