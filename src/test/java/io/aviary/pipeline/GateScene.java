package io.aviary.pipeline;

import io.aviary.gates.FakeMetrics;
import io.aviary.images.PushedImage;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.AviaryProperties;
import io.aviary.release.PipelineName;
import io.aviary.release.Trigger;
import io.aviary.release.definition.CanaryDefinition;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.definition.PodsDefinition;
import io.aviary.release.definition.ProductionDefinition;
import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.release.definition.TrafficDefinition;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.RunFacts;
import io.aviary.release.step.StepContext;
import io.aviary.release.step.StepContext.Decision.Verdict;
import io.aviary.traffic.FakeCluster;
import io.aviary.traffic.TrafficSplits;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Gates of one run on a cluster in memory, with a clock that tests move. Data goes through JSON
 * between calls, as it does in the database.
 */
final class GateScene implements InstantSource {

  static final Instant START = Instant.parse("2026-11-24T09:00:00Z");
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String CANARY_IMAGE = "registry/canary@sha256:new";

  final FakeCluster cluster = new FakeCluster();
  final FakeMetrics metrics = new FakeMetrics();
  private final FakeMetrics.Looks looks = new FakeMetrics.Looks();
  final List<String> records = new ArrayList<>();
  final StringBuilder log = new StringBuilder();
  private final List<StepContext.Decision> decisions = new ArrayList<>();
  private final Map<String, String> data = new HashMap<>();
  private final Map<String, Instant> started = new HashMap<>();
  private final List<GateDefinition> gates;
  final Gate gate;
  final Baseline baseline;
  final CanaryRemoval removal;

  /** Of production's container in its manifest. */
  String productionImage = "birds:BUILD_NUMBER";

  private TrafficDefinition traffic = new TrafficDefinition(TrafficDefinition.By.LABELS, null, 5);
  private Instant now = START;

  GateScene(GateDefinition... gates) {
    this.gates = List.of(gates);
    var properties =
        new AviaryProperties(
            URI.create("http://localhost"),
            new AviaryProperties.GitHub(URI.create("http://localhost"), null),
            new AviaryProperties.Build("registry", true, null, null, "buildkit", false),
            new AviaryProperties.Prometheus(null),
            new AviaryProperties.Security(List.of(), List.of()),
            List.of());
    var targets = new Targets(context -> cluster, properties);
    baseline = new Baseline(targets);
    var share = new CanaryShare(targets, new TrafficSplits(this));
    removal = new CanaryRemoval(targets, share, baseline);
    gate =
        new Gate(
            targets,
            share,
            baseline,
            new GateTests(targets, properties),
            new GateMetrics(targets, metrics, looks));
    cluster.has(
        """
        {apiVersion: v1, kind: Service, metadata: {name: birds-canary}, spec: {selector: {type: canary}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: birds-canary}
        spec:
          replicas: 1
          selector: {matchLabels: {type: canary}}
          template: {metadata: {labels: {type: canary}}, spec: {containers: [{name: old, image: "%s"}]}}
        """
            .formatted(CANARY_IMAGE));
    cluster.start();
  }

  /** As many pods as the article has. */
  GateScene withProduction(int pods) {
    cluster.has(
        """
        {apiVersion: v1, kind: Service, metadata: {name: birds}, spec: {selector: {app: birds}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: birds}
        spec:
          replicas: %d
          selector: {matchLabels: {app: birds}}
          template:
            metadata: {labels: {app: birds}}
            spec: {containers: [{name: old, image: "registry/birds@sha256:live"}]}
        """
            .formatted(pods));
    cluster.start();
    return this;
  }

  /** Shares are weights of a route, which its controller accepts at once. */
  GateScene sharedByGateway() {
    traffic = new TrafficDefinition(TrafficDefinition.By.GATEWAY, "edge", 5);
    cluster.has(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: edge}
        spec:
          parentRefs: [{name: edge, namespace: gateway}]
          rules: [{backendRefs: [{name: birds, port: 5000, weight: 1}]}]
        """);
    return this;
  }

  /** What the run made for its canary, as its record says. */
  GateScene withDeployed(String... deployments) {
    var objects =
        Stream.of(deployments)
            .flatMap(name -> cluster.find("ns", "apps/v1", "Deployment", name).stream())
            .toList();
    data.put(
        "deployCanary",
        JSON.writeValueAsString(
            new CanaryDeployed(objects, objects, Map.of(), Patience.FRESH, null)));
    return this;
  }

  void productionIsDeleted() {
    cluster.remove("Service", "birds");
    cluster.remove("Deployment", "birds");
    cluster.living("birds").forEach(cluster::kill);
    cluster.settle();
  }

  /** Somebody gives the canary another image, whose pods are not ready. */
  void canaryGetsImage(String image) {
    cluster.has(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: birds-canary}
        spec:
          replicas: 1
          selector: {matchLabels: {type: canary}}
          template: {metadata: {labels: {type: canary}}, spec: {containers: [{name: old, image: "%s"}]}}
        """
            .formatted(image));
    cluster.living("birds-canary").forEach(pod -> cluster.ready(pod, false));
    cluster.settle();
  }

  GateScene after(Duration time) {
    now = now.plus(time);
    return this;
  }

  GateScene decided(Verdict verdict, String by, @Nullable String comment) {
    decisions.add(new StepContext.Decision(verdict, by, now, comment));
    return this;
  }

  /** Calls the gate until it waits for more than the cluster's next move. */
  Outcome<GateProgress> settle(String name) {
    for (var call = 0; call < 40; call++) {
      var outcome = call(name);
      if (!(outcome instanceof Outcome.Wait<GateProgress> wait)
          || wait.until() == null
          || wait.until().isAfter(now.plusSeconds(1))) {
        return outcome;
      }
      now = now.plusSeconds(1);
      cluster.start();
      if (traffic.by() == TrafficDefinition.By.GATEWAY) {
        cluster.controllerAnswers("edge", "True", "True");
      }
    }
    throw new AssertionError("the gate does not come to rest");
  }

  /** One call, and what the engine does about its outcome. */
  Outcome<GateProgress> call(String name) {
    var step = new Step(name);
    var outcome = gate.advance(step);
    switch (outcome) {
      case Outcome.Done<GateProgress> done -> step.remember(done.data());
      case Outcome.Wait<GateProgress> wait -> rememberIfThere(step, wait.data());
      case Outcome.Failed<GateProgress> failed -> rememberIfThere(step, failed.data());
      case Outcome.Skipped<GateProgress> _, Outcome.Superseded<GateProgress> _ -> {
        // Nothing to remember.
      }
    }
    cluster.settle();
    return outcome;
  }

  /** Calls until the time is over or the gate has ended, each time after a pause. */
  Outcome<GateProgress> pass(String name, Duration time, Duration pause) {
    var outcome = settle(name);
    var end = now.plus(time);
    while (now.isBefore(end) && outcome instanceof Outcome.Wait<GateProgress>) {
      now = now.plus(pause);
      outcome = call(name);
    }
    return outcome;
  }

  /** A call that dies before anything of it but the looks is stored. */
  void crashDuring(String name) {
    var before = Objects.requireNonNull(data.get(name));
    var _ = gate.advance(new Step(name));
    data.put(name, before);
  }

  void stop(String name) {
    var _ = gate.stop(new Step(name));
  }

  private static void rememberIfThere(Step step, @Nullable GateProgress progress) {
    if (progress != null) {
      step.remember(progress);
    }
  }

  /** What a page and REST show of a gate. */
  Map<String, Object> outputs(String name) {
    return JSON.readValue(Objects.requireNonNull(data.get(name)), GateProgress.class).outputs();
  }

  Duration timeout(String name) {
    return gate.timeout(new Step(name));
  }

  @Override
  public Instant instant() {
    return now;
  }

  ReleaseDefinition definition() {
    return new ReleaseDefinition(
        List.of(
            new ImageDefinition(
                "app",
                "birds",
                ".",
                "Dockerfile",
                null,
                Map.of(),
                true,
                "t",
                Duration.ofMinutes(1)),
            new ImageDefinition(
                "test",
                "ornitest",
                ".",
                "Dockerfile",
                null,
                Map.of(),
                true,
                "t",
                Duration.ofMinutes(1))),
        new CanaryDefinition(List.of("c.yml"), null, 1, Duration.ofMinutes(10), gates),
        new ProductionDefinition(
            new ProductionDefinition.Files(List.of("p.yml")), null, Duration.ofMinutes(15)),
        traffic,
        new PodsDefinition(Map.of(), Map.of(), null, Map.of()));
  }

  StepContext<GateProgress> step(String name) {
    return new Step(name);
  }

  private static Map<String, Object> manifest(String name, String image) {
    return Map.of(
        "apiVersion",
        "apps/v1",
        "kind",
        "Deployment",
        "metadata",
        Map.of("name", name),
        "spec",
        Map.of(
            "template",
            Map.of("spec", Map.of("containers", List.of(Map.of("name", "old", "image", image))))));
  }

  /** One gate's step during one call. */
  private final class Step implements StepContext<GateProgress> {

    @Override
    public long madeBy(String stepName) {
      return run().id();
    }

    private final String name;

    Step(String name) {
      this.name = name;
      started.putIfAbsent(name, now);
    }

    @Override
    public RunFacts run() {
      return new RunFacts(
          17,
          "birds",
          PipelineName.CANARY,
          "0123456789abcdef0123456789abcdef01234567",
          "master",
          "Sort birds",
          "Jay Finch",
          Trigger.PUSH,
          "jay-at-github",
          START,
          null,
          null);
    }

    @Override
    public ApplicationProperties application() {
      return new ApplicationProperties(
          "birds",
          "otomato/birds",
          "https://github.example/otomato/birds.git",
          "master",
          null,
          "ns",
          List.of("secret"),
          ApplicationProperties.NewerCommit.SUPERSEDE,
          List.of(),
          List.of(),
          Map.of());
    }

    @Override
    public ReleaseDefinition definition() {
      return GateScene.this.definition();
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String subject() {
      return name;
    }

    @Override
    public Optional<GateProgress> data() {
      return remembered(name, GateProgress.class);
    }

    @Override
    public <T extends Record> Optional<T> result(String stepName, Class<T> type) {
      if (stepName.equals("readSource")) {
        return Optional.of(
            type.cast(
                new SourceRead(
                    List.of(manifest("birds-canary", CANARY_IMAGE)),
                    List.of(manifest("birds", productionImage)),
                    "birds-canary",
                    "birds-canary",
                    "birds",
                    "birds",
                    List.of("app"),
                    "jfinch@birds.example",
                    false)));
      }
      if (stepName.equals("pushAppImage")) {
        return Optional.of(
            type.cast(new PushedImage("registry/birds@sha256:new", "sha256:new", "t")));
      }
      if (stepName.equals("pushTestImage")) {
        return Optional.of(
            type.cast(new PushedImage("registry/ornitest@sha256:1", "sha256:1", "t")));
      }
      return remembered(stepName, type);
    }

    @Override
    public <T extends Record> Optional<T> remembered(String stepName, Class<T> type) {
      return Optional.ofNullable(data.get(stepName)).map(text -> JSON.readValue(text, type));
    }

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public Instant startedAt() {
      return Objects.requireNonNull(started.get(name));
    }

    @Override
    public Instant deadline() {
      return startedAt().plus(gate.timeout(this));
    }

    @Override
    public void remember(GateProgress progress) {
      data.put(name, JSON.writeValueAsString(progress));
    }

    @Override
    public void log(String text) {
      log.append(text);
    }

    @Override
    public void log(String text, GateProgress progress) {
      log.append(text);
      remember(progress);
    }

    @Override
    public void record(String text, @Nullable Record evidence) {
      records.add(text);
    }

    @Override
    public List<Decision> decisions() {
      return List.copyOf(decisions);
    }

    @Override
    public Optional<Ending> ending() {
      return Optional.empty();
    }
  }
}
