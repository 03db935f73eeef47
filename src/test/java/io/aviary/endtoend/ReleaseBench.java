package io.aviary.endtoend;

import io.aviary.endtoend.World.Run;
import io.aviary.simulation.ExampleCommits;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The reference release, as it is, by Aviary and by bench/kubectl-release in turn, on the cluster
 * of the end-to-end tests; prints rows for the table of bench/run.
 *
 * <pre>ReleaseBench [releases of each]</pre>
 */
final class ReleaseBench {

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final World world;
  private final RealBackend backend;
  private final String namespace;
  private final String repository;

  private ReleaseBench(World world, RealBackend backend) {
    this.world = world;
    this.backend = backend;
    this.namespace = "bench-" + Long.toString(System.nanoTime() % 1_000_000_000L, 36);
    this.repository = namespace + "/ornithology";
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    var backend =
        RealBackend.find().orElseThrow(() -> new IllegalStateException("TEST_KUBECONFIG"));
    var releases = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
    try (var world = World.start(backend)) {
      new ReleaseBench(world, backend).run(releases);
    }
  }

  /** How long one took, and what of it Aviary itself did. */
  private record Measured(double seconds, double own) {}

  /** Of a histogram, since a first scrape, which leaves the release out that warms up. */
  private record Quick(double all, double within100, double within25) {

    static Quick of(String name, String first, String last) {
      return new Quick(
          between(name + "_seconds_count", first, last),
          between(name + "_seconds_bucket{le=\"0.1\"}", first, last),
          between(name + "_seconds_bucket{le=\"0.025\"}", first, last));
    }

    private static double between(String name, String first, String last) {
      return meter(name, last) - meter(name, first);
    }

    String words() {
      return "%.1f %% within 100 ms, %.1f %% within 25 ms, of %.0f"
          .formatted(100 * within100 / all, 100 * within25 / all, all);
    }
  }

  private void run(int releases) throws IOException, InterruptedException {
    var scene = world.scene();
    backend
        .client()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    try {
      // The first makes production, and warms up the caches of both.
      aviary(scene, "first");
      kubectl("first");
      var warm = world.metrics();
      var ours = new ArrayList<Measured>();
      var theirs = new ArrayList<Double>();
      for (var number = 1; number <= releases; number++) {
        theirs.add(kubectl("release " + number));
        ours.add(aviary(scene, "release " + number));
        System.err.printf(
            Locale.ROOT,
            "bench: release %d: kubectl %.1f s, Aviary %.1f s, of which its own part %.2f s%n",
            number,
            theirs.getLast(),
            ours.getLast().seconds(),
            ours.getLast().own());
      }
      print(ours, theirs, warm, world.metrics());
    } finally {
      scene.tidy();
      backend.client().namespaces().withName(namespace).delete();
    }
  }

  private static void print(List<Measured> ours, List<Double> theirs, String first, String last) {
    var aviary = ours.stream().map(Measured::seconds).toList();
    row("reference release by a careful kubectl script, builds side by side", "–", spread(theirs));
    row(
        "reference release by Aviary, in turn with it",
        "≤ 0.95 × the script's",
        "%s, %.2f × the script's".formatted(spread(aviary), median(aviary) / median(theirs)));
    row(
        "… Aviary's own part: looks at both runs in which something began or ended, with their transactions and requests",
        "≤ 1.5 s",
        spread(ours.stream().map(Measured::own).toList()));
    row(
        "from a watch message to the next call of a step",
        "p95 ≤ 100 ms",
        Quick.of("aviary_reaction", first, last).words());
    row(
        "from the watch message that ends a step to the first call of the next step",
        "p95 ≤ 100 ms",
        Quick.of("aviary_handover", first, last).words());
  }

  private static void row(String what, String target, String measured) {
    System.out.printf("| %s | %s | %s |%n", what, target, measured);
  }

  private static double median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    var middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private static String spread(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "median %.1f s (%.1f–%.1f, %d releases)",
        median(values),
        sorted.getFirst(),
        sorted.getLast(),
        sorted.size());
  }

  // ---- one release

  private static ExampleCommits commit(String message, String who) {
    return ExampleCommits.good().numbered(message + " by " + who + " " + System.nanoTime());
  }

  private Measured aviary(World.Scene scene, String message) {
    var before = meter("aviary_advance_seconds_sum{moved=\"yes\"}");
    var canary = scene.awaitEnd(scene.push(commit(message, "Aviary"), message).run(), PATIENCE);
    var production = scene.awaitEnd(canary.child(), PATIENCE);
    if (!production.status().equals("SUCCEEDED")) {
      throw new IllegalStateException(production.table());
    }
    return new Measured(
        Duration.between(at(canary, "createdAt"), at(production, "finishedAt")).toMillis() / 1000.0,
        meter("aviary_advance_seconds_sum{moved=\"yes\"}") - before);
  }

  private static Instant at(Run run, String field) {
    return Instant.parse(run.json().get(field).asString());
  }

  private double kubectl(String message) throws IOException, InterruptedException {
    var revision =
        backend.hub().push(repository, commit(message, "kubectl").files(), message).revision();
    var begun = System.nanoTime();
    var builder =
        new ProcessBuilder(
                "bash",
                Path.of("bench", "kubectl-release").toString(),
                namespace,
                backend.hub().cloneUrl(repository),
                revision,
                backend.registry() + "/kubectl")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("KUBECONFIG", backend.kubeconfig().toString());
    var process = builder.start();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroy();
      throw new IllegalStateException("bench/kubectl-release failed; see above");
    }
    return (System.nanoTime() - begun) / 1e9;
  }

  private double meter(String name) {
    return meter(name, world.metrics());
  }

  /** A value of the server's metrics. */
  private static double meter(String name, String metrics) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
