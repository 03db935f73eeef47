package io.aviary.endtoend;

import io.aviary.endtoend.World.Run;
import io.aviary.endtoend.World.Scene;
import io.aviary.simulation.ExampleCommits;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;

/**
 * Releases on a real cluster with real metrics and constant load on production: three gates that
 * grow the share, bad canaries that are caught, and the same load over a plain roll-out. Prints the
 * tables of docs/judging.md. Takes minutes for each release, so that it is no test; environment as
 * for the end-to-end tests, and TEST_PROMETHEUS and, for {@code gateway}, TEST_GATEWAY.
 *
 * <pre>GateDemonstration labels|gateway [healthy releases] [bad canaries: errors,slow,leak]</pre>
 */
final class GateDemonstration {

  private static final int REQUESTS_PER_SECOND = 30;
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  /** What is wrong with a version, by the text that its handler becomes. */
  private enum Version {
    HEALTHY("lambda: (200, (time.sleep(0.01), VERSION)[1])"),
    ERRORS("lambda: (500 if __import__('random').random() < 0.2 else 200, VERSION)"),
    SLOW("lambda: (200, (time.sleep(0.03), VERSION)[1])"),
    LEAK("lambda: (200, (time.sleep(0.01), leaked.append('x' * 300_000), VERSION)[2])");

    private final String handler;

    Version(String handler) {
      this.handler = handler;
    }
  }

  private final Scene scene;
  private final boolean byGateway;

  private GateDemonstration(World world, boolean byGateway) {
    this.scene = world.scene();
    this.byGateway = byGateway;
  }

  public static void main(String[] arguments) {
    var backend =
        RealBackend.find().orElseThrow(() -> new IllegalStateException("TEST_KUBECONFIG"));
    var byGateway = arguments[0].equals("gateway");
    var healthy = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
    var bad = arguments.length > 2 ? List.of(arguments[2].split(",")) : List.<String>of();
    try (var world = World.measuring(backend, setting("TEST_PROMETHEUS"))) {
      var demonstration = new GateDemonstration(world, byGateway);
      try {
        demonstration.run(healthy, bad);
      } finally {
        demonstration.scene.tidy();
      }
    }
  }

  private static String setting(String name) {
    return Objects.requireNonNull(System.getenv(name), name);
  }

  private void run(int healthy, List<String> bad) {
    System.out.println("| release | ended | in | requests | failed | what was decided |");
    System.out.println("|---|---|---:|---:|---:|---|");
    var first = release(Version.HEALTHY, "first");
    line("the first, without production", first.run(), first.took(), Map.of());
    try (var load = new SteadyLoad(address(), host(), "/version", REQUESTS_PER_SECOND)) {
      line("plain kubectl rollout", "done", plainRollout(), load.taken(), "");
      for (var number = 1; number <= healthy; number++) {
        var _ = load.taken();
        var release = release(Version.HEALTHY, "healthy " + number);
        line("healthy " + number, release.run(), release.took(), load.taken());
      }
      for (var name : bad) {
        var version = Version.valueOf(name.toUpperCase(Locale.ROOT));
        var _ = load.taken();
        var release = release(version, name);
        line(name, release.run(), release.took(), load.taken());
        System.out.println("  caught " + detection(release.run()));
      }
    }
  }

  /** A canary run with its production run, or a canary run that was rolled back. */
  private record Release(Run run, Duration took) {}

  private Release release(Version version, String message) {
    var begun = Instant.now();
    var pushed = scene.push(commit(version, message), message);
    var canary = scene.awaitEnd(pushed.run(), PATIENCE);
    if (canary.status().equals("SUCCEEDED")) {
      var production = scene.awaitEnd(canary.child(), PATIENCE);
      if (!production.status().equals("SUCCEEDED")) {
        throw new IllegalStateException(production.json().toString());
      }
    }
    return new Release(canary, Duration.between(begun, Instant.now()));
  }

  private static void line(String name, Run run, Duration took, Map<String, Integer> answers) {
    var gates = new ArrayList<String>();
    for (var step : run.steps()) {
      if (step.get("kind").asString().equals("gate") && !step.get("reason").isNull()) {
        var outputs = step.get("outputs");
        gates.add(
            step.get("name").asString()
                + " ("
                + outputs.path("how").asString("no share")
                + "; "
                + outputs.path("measured").asString("not measured")
                + "): "
                + step.get("reason").asString());
      }
    }
    line(name, run.status(), took, answers, String.join("<br>", gates));
  }

  private static void line(
      String name, String ended, Duration took, Map<String, Integer> answers, String decided) {
    var all = answers.values().stream().mapToInt(Integer::intValue).sum();
    var good =
        answers.entrySet().stream()
            .filter(answer -> answer.getKey().contains(" 200 "))
            .mapToInt(Map.Entry::getValue)
            .sum();
    System.out.printf(
        "| %s | %s | %d s | %d | %d | %s |%n",
        name, ended, took.toSeconds(), all, all - good, decided);
    if (all > good) {
      System.out.println("  " + answers);
    }
  }

  /** From the share's being there to the gate's failure. */
  private String detection(Run run) {
    var shares =
        scene.records(run).stream()
            .filter(one -> one.path("text").asString("").startsWith("share asked"))
            .toList();
    var failed =
        run.steps().stream()
            .filter(step -> step.get("status").asString().equals("FAILED"))
            .findFirst()
            .orElse(null);
    if (failed == null || shares.isEmpty()) {
      return "never";
    }
    var name = failed.get("name").asString();
    return shares.stream()
        .filter(one -> one.path("step").asString("").equals(name))
        .map(one -> Instant.parse(one.get("at").asString()))
        .findFirst()
        .map(
            at ->
                "in %s, %d s after its share was there"
                    .formatted(
                        name,
                        Duration.between(at, Instant.parse(failed.get("finishedAt").asString()))
                            .toSeconds()))
        .orElse("before its share was there");
  }

  /** As {@code kubectl rollout restart} does it. */
  private Duration plainRollout() {
    var begun = Instant.now();
    var deployment =
        scene.cluster().apps().deployments().inNamespace(scene.namespace()).withName("ornithology");
    deployment.rolling().restart();
    Awaitility.await()
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              var now = Objects.requireNonNull(deployment.get());
              var status = now.getStatus();
              var wanted = now.getSpec().getReplicas();
              return Objects.equals(
                      status.getObservedGeneration(), now.getMetadata().getGeneration())
                  && wanted.equals(status.getUpdatedReplicas())
                  && wanted.equals(status.getReplicas())
                  && wanted.equals(status.getAvailableReplicas());
            });
    return Duration.between(begun, Instant.now());
  }

  // ---- where requests go

  private InetSocketAddress address() {
    if (byGateway) {
      var gateway = URI.create(setting("TEST_GATEWAY"));
      return new InetSocketAddress(gateway.getHost(), gateway.getPort());
    }
    var service =
        scene.cluster().services().inNamespace(scene.namespace()).withName("ornithology").get();
    return new InetSocketAddress(Objects.requireNonNull(service).getSpec().getClusterIP(), 5000);
  }

  private String host() {
    return byGateway ? scene.namespace() + ".example" : "ornithology";
  }

  // ---- what is released

  private ExampleCommits commit(Version version, String message) {
    return ExampleCommits.good()
        .remove("orni-dep-canary.yml")
        .replace("api.py", "lambda: (200, VERSION)", version.handler)
        .replace("api.py", "lock = threading.Lock()\n", "leaked = []\nlock = threading.Lock()\n")
        .replace(
            "api.py",
            "    return \"\\n\".join(lines)",
            """
                pages = int(open('/proc/self/statm').read().split()[1])
                lines.append(f'process_resident_memory_bytes {pages * 4096}')
                return "\\n".join(lines)\
            """)
        .replace(
            "api.py",
            "ThreadingHTTPServer((\"\", 5000), Api)",
            "type('Server', (ThreadingHTTPServer,), {'request_queue_size': 256})((\"\", 5000), Api)")
        .replace(
            "api.py", "import json\n", "# " + message + " " + scene.namespace() + "\nimport json\n")
        .put("orni-dep.yml", production(byGateway ? 3 : 9) + (byGateway ? route() : ""))
        .put("aviary.yml", definition());
  }

  private String definition() {
    return """
        images: {app: {name: otomato/ornithology, args: {VERSION: $SHORT_REVISION}}}
        canary:
          timeout: 3m
          gates:
        %s%s%s
        production: {manifests: [orni-dep.yml], timeout: 5m}
        traffic: %s
        """
        .formatted(
            gate("tenth", 10),
            gate("quarter", 25),
            gate("half", 50),
            byGateway ? "{by: gateway, route: birds}" : "{by: labels}");
  }

  private static String gate(String name, int traffic) {
    return """
            - name: %s
              traffic: %d
              hold: 48s
              timeout: 4m
              on-inconclusive: roll-back
              metrics:
                - {name: errors, every: 4s, max: 1%%, compare: baseline,
                   bad: 'sum(increase(http_requests_total{pod=~"$PODS",code=~"5.."}[$WINDOW]))',
                   all: 'sum(increase(http_requests_total{pod=~"$PODS"}[$WINDOW]))'}
                - {name: latency, every: 4s, compare: baseline, tolerance: 50%%,
                   query: 'sum(rate(http_request_duration_seconds_sum{pod=~"$PODS"}[$WINDOW])) / sum(rate(http_request_duration_seconds_count{pod=~"$PODS"}[$WINDOW]))'}
                - {name: memory, every: 4s, compare: baseline, tolerance: 50%%,
                   query: 'max(process_resident_memory_bytes{pod=~"$PODS"})'}
        """
        .formatted(name, traffic);
  }

  private String route() {
    return """
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: birds}
        spec:
          parentRefs: [{name: edge, namespace: gateway}]
          hostnames: [%s]
          rules: [{backendRefs: [{name: ornithology, port: 5000}]}]
        """
        .formatted(host());
  }

  private static String production(int pods) {
    return """
      apiVersion: v1
      kind: Service
      metadata: {name: ornithology}
      spec: {selector: {app: ornithology, production: ready}, ports: [{port: 5000, targetPort: 5000}]}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: ornithology}
      spec:
        replicas: %d
        strategy: {rollingUpdate: {maxSurge: 3, maxUnavailable: 0}}
        selector: {matchLabels: {app: ornithology, production: ready}}
        template:
          metadata:
            labels: {app: ornithology, production: ready}
            annotations: {prometheus.io/scrape: "true", prometheus.io/port: "5000", prometheus.io/path: /metrics}
          spec:
            terminationGracePeriodSeconds: 18
            containers:
            - name: ornithology
              image: otomato/ornithology:BUILD_NUMBER
              env: [{name: PING_LATENCY, value: "0.05"}]
              ports: [{containerPort: 5000}]
              readinessProbe: {httpGet: {path: /ping, port: 5000}, periodSeconds: 3, timeoutSeconds: 5, failureThreshold: 5}
              lifecycle: {preStop: {exec: {command: [sleep, "12"]}}}
      """
        .formatted(pods);
  }
}
