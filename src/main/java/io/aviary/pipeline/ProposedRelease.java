package io.aviary.pipeline;

import io.aviary.kubernetes.Manifests;
import io.aviary.source.RepositoryLook;
import io.aviary.source.RepositoryLook.Deployment;
import io.aviary.source.RepositoryLook.Dockerfile;
import io.aviary.source.RepositoryLook.ManifestFile;
import io.aviary.source.RepositoryLook.Service;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes an {@code aviary.yml} of what was seen of a repository and a namespace, and says what it
 * took for granted. It asks nobody.
 */
final class ProposedRelease {

  /** Where a person has to say something. */
  static final String FILL_IN = "/path/of/the/test";

  private static final double FIRST_SHARE = 10;
  private static final double SECOND_SHARE = 25;
  private static final int MOST_BASELINE_PODS = 3;
  private static final Set<String> SHORT_ARGUMENTS =
      Set.of("VERSION", "APP_VERSION", "BUILD_NUMBER");
  private static final Set<String> FULL_ARGUMENTS =
      Set.of("REVISION", "COMMIT", "COMMIT_SHA", "GIT_COMMIT", "GIT_SHA", "VCS_REF");

  private final RepositoryLook look;
  private final Namespace namespace;
  private final List<String> assumptions = new ArrayList<>();
  private final List<String> open = new ArrayList<>();
  private final StringBuilder yaml = new StringBuilder();

  /**
   * What is live.
   *
   * @param replicas of Deployments, by name
   * @param routes names of the HTTPRoutes that send requests to a Service, by the Service's name
   */
  record Namespace(String name, Map<String, Integer> replicas, Map<String, String> routes) {}

  ProposedRelease(RepositoryLook look, Namespace namespace) {
    this.look = look;
    this.namespace = namespace;
  }

  List<String> assumptions() {
    return assumptions;
  }

  List<String> open() {
    return open;
  }

  // ---- what is what

  /**
   * The parts of production that a canary has to do with.
   *
   * @param rest other Deployments of the same files
   * @param service null: none selects its pods
   */
  record Production(
      List<ManifestFile> files,
      Deployment deployment,
      List<Deployment> rest,
      @Nullable Service service,
      List<ManifestFile> canary) {}

  /** Null: the repository has no plain manifests of a Deployment. */
  @Nullable Production production() {
    var ours =
        look.manifests().stream()
            .filter(file -> !file.isForCanary() && !file.deployments().isEmpty())
            .collect(
                Collectors.groupingBy(ManifestFile::folder, TreeMap::new, Collectors.toList()));
    if (ours.isEmpty()) {
      return null;
    }
    var folder =
        ours.entrySet().stream()
            .max(
                Comparator.comparingLong((Map.Entry<String, List<ManifestFile>> one) -> live(one))
                    .thenComparing(one -> one.getKey().toLowerCase(Locale.ROOT).contains("prod"))
                    .thenComparingInt(one -> -one.getKey().length()))
            .orElseThrow()
            .getKey();
    if (ours.size() > 1) {
      assumptions.add(
          "production's manifests are those in "
              + place(folder)
              + ", not those in "
              + ours.keySet().stream()
                  .filter(other -> !other.equals(folder))
                  .map(ProposedRelease::place)
                  .collect(Collectors.joining(", ")));
    }
    var files =
        look.manifests().stream()
            .filter(file -> file.folder().equals(folder) && !file.isForCanary())
            .toList();
    var services = files.stream().flatMap(file -> file.services().stream()).toList();
    var deployments = files.stream().flatMap(file -> file.deployments().stream()).toList();
    var chosen = chosen(deployments, services);
    var selecting = services.stream().filter(service -> service.selects(chosen)).toList();
    if (selecting.size() > 1) {
      assumptions.add(
          "of the Services that select "
              + chosen.name()
              + " it is "
              + selecting.getFirst().name()
              + " whose traffic is shared");
    }
    return new Production(
        files,
        chosen,
        deployments.stream().filter(one -> !one.equals(chosen)).toList(),
        selecting.isEmpty() ? null : selecting.getFirst(),
        look.manifests().stream()
            .filter(ManifestFile::isForCanary)
            .filter(file -> sharesImage(file, chosen))
            .toList());
  }

  private long live(Map.Entry<String, List<ManifestFile>> files) {
    return files.getValue().stream()
        .flatMap(file -> file.deployments().stream())
        .filter(one -> namespace.replicas().containsKey(one.name()))
        .count();
  }

  private Deployment chosen(List<Deployment> deployments, List<Service> services) {
    var chosen =
        deployments.stream()
            .max(
                Comparator.comparing(
                        (Deployment one) ->
                            names(one).stream().anyMatch(image -> dockerfile(image).isPresent()))
                    .thenComparing(
                        one -> services.stream().anyMatch(service -> service.selects(one)))
                    .thenComparing(one -> namespace.replicas().containsKey(one.name()))
                    // The first of those that are alike.
                    .thenComparingInt(one -> -deployments.indexOf(one)))
            .orElseThrow();
    if (deployments.size() > 1) {
      assumptions.add(
          "of the Deployments "
              + deployments.stream().map(Deployment::name).collect(Collectors.joining(", "))
              + " it is "
              + chosen.name()
              + " that gets a canary");
    }
    var replicas = namespace.replicas().get(chosen.name());
    assumptions.add(
        replicas == null
            ? "Deployment "
                + chosen.name()
                + " is not live in namespace "
                + namespace.name()
                + " yet: the first release makes it, without gates that share traffic"
            : "Deployment "
                + chosen.name()
                + " is live in namespace "
                + namespace.name()
                + " with "
                + count(replicas, "replica"));
    return chosen;
  }

  private static boolean sharesImage(ManifestFile canary, Deployment production) {
    var names = names(production);
    return canary.deployments().stream()
        .flatMap(one -> names(one).stream())
        .anyMatch(names::contains);
  }

  private static List<String> names(Deployment deployment) {
    return deployment.images().stream().map(Manifests::imageName).distinct().toList();
  }

  // ---- images

  /** The Dockerfile that makes an image: the only one, or the one that is called like it. */
  private Optional<Dockerfile> dockerfile(String image) {
    var last = image.substring(image.lastIndexOf('/') + 1);
    var candidates = look.dockerfiles().stream().filter(one -> !one.isForTests()).toList();
    var named =
        candidates.stream()
            .filter(
                one ->
                    one.folder().equals(last)
                        || one.folder().endsWith("/" + last)
                        || one.fileName().equalsIgnoreCase("Dockerfile." + last)
                        || one.fileName().equalsIgnoreCase(last + ".Dockerfile"))
            .findFirst();
    return named.isPresent() || candidates.size() != 1 ? named : Optional.of(candidates.getFirst());
  }

  private void images(@Nullable Production production) {
    line(0, "images:");
    var keys = new LinkedHashMap<String, String>();
    if (production != null) {
      var built = names(production.deployment()).stream().filter(this::isBuilt).toList();
      for (var image : built) {
        keys.put(image, keys.isEmpty() ? "app" : "app" + (keys.size() + 1));
        image(keys.get(image), image, dockerfile(image).orElseThrow());
      }
      if (built.isEmpty() && !production.deployment().images().isEmpty()) {
        var image = names(production.deployment()).getFirst();
        keys.put(image, "app");
        line(2, "app:");
        line(4, "name: " + image);
        line(4, "build: false");
        assumptions.add(
            image
                + " is built elsewhere and pushed with the tag $SHORT_REVISION: no Dockerfile here is called like it");
      }
    }
    if (keys.isEmpty()) {
      line(2, "app:");
      line(4, "name: " + lastOf(namespace.name()));
      open.add("say in images.app.name how manifests name the image");
    }
    var first = keys.keySet().stream().findFirst().orElse(lastOf(namespace.name()));
    tests().ifPresent(test -> image("test", first + "-test", test));
  }

  private static String lastOf(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  private boolean isBuilt(String image) {
    return dockerfile(image).isPresent();
  }

  private Optional<Dockerfile> tests() {
    return look.dockerfiles().stream().filter(Dockerfile::isForTests).findFirst();
  }

  private void image(@Nullable String key, String name, Dockerfile file) {
    line(2, key + ":");
    line(4, "name: " + name);
    if (!file.folder().isEmpty()) {
      line(4, "context: " + file.folder());
    }
    if (!file.fileName().equals("Dockerfile")) {
      line(4, "dockerfile: " + file.fileName());
    }
    var arguments = new ArrayList<String>();
    for (var argument : file.arguments()) {
      if (SHORT_ARGUMENTS.contains(argument)) {
        arguments.add(argument + ": $SHORT_REVISION");
      } else if (FULL_ARGUMENTS.contains(argument)) {
        arguments.add(argument + ": $REVISION");
      }
    }
    if (!arguments.isEmpty()) {
      line(4, "args: {" + String.join(", ", arguments) + "}");
    }
    assumptions.add(file.path() + " makes the image " + name + ", from " + place(file.folder()));
  }

  // ---- gates

  private void canary(@Nullable Production production, KnownMetrics.Found metrics) {
    line(0, "canary:");
    if (production != null && !production.canary().isEmpty()) {
      line(2, "manifests: " + paths(production.canary()));
    } else {
      assumptions.add("the canary is derived from production's manifests");
    }
    if (production != null && !production.rest().isEmpty()) {
      line(2, "deployment: " + production.deployment().name());
    }
    line(2, "gates:");
    tests().ifPresent(this::testGate);
    if (production == null || production.service() == null) {
      line(4, "- name: release manager");
      line(6, "approval: {timeout: 24h}");
      assumptions.add(
          "no Service of these manifests sends requests to production, so no traffic is shared: a"
              + " person approves each release");
      return;
    }
    switch (metrics) {
      case KnownMetrics.Some(var known) -> {
        var first = share(production, FIRST_SHARE, true);
        watch("watchFirstShare", first, known);
        var second = share(production, SECOND_SHARE, true);
        if (second > first) {
          watch("watchSecondShare", second, known);
        }
        assumptions.add(
            "requests are counted by "
                + known.count()
                + "; more than 1 % errors, or clearly more than pods of the current version have, is"
                + " too many");
      }
      case KnownMetrics.None(var reason) -> {
        line(4, "- name: look");
        line(6, "traffic: " + share(production, FIRST_SHARE, false));
        line(6, "hold: 10m");
        line(6, "approval: {timeout: 24h}");
        assumptions.add(
            reason
                + "; so nothing measures the canary, and a person approves it after it had its share"
                + " for 10 minutes");
      }
    }
  }

  private void testGate(Dockerfile test) {
    line(4, "- name: testCanary");
    if (test.runs()) {
      line(6, "test: {image: test}");
      assumptions.add(test.path() + " tests the canary by what its containers run by themselves");
    } else {
      line(6, "test: {image: test, command: [" + FILL_IN + "]}");
      open.add(
          "say in canary.gates[0].test.command what tests the canary: "
              + test.path()
              + " names no command"
              + (look.testScripts().isEmpty()
                  ? ""
                  : "; the repository has " + String.join(", ", look.testScripts())));
    }
  }

  private void watch(String name, long share, KnownMetrics metrics) {
    line(4, "- name: " + name);
    line(6, "traffic: " + share);
    line(6, "hold: 10m");
    line(6, "metrics:");
    metrics.lines().forEach(line -> line(8, line));
  }

  private @Nullable String route(Production production) {
    return production.service() == null
        ? null
        : namespace.routes().get(production.service().name());
  }

  /** What whole pods can make of it; by an HTTPRoute it is as asked for. */
  private long share(Production production, double wanted, boolean withBaseline) {
    if (route(production) != null) {
      return Math.round(wanted);
    }
    var others =
        Math.max(
            1,
            namespace
                .replicas()
                .getOrDefault(production.deployment().name(), production.deployment().replicas()));
    var best = 0.0;
    for (var pods = 1; pods <= others; pods++) {
      var baseline = withBaseline ? Math.min(MOST_BASELINE_PODS, pods) : 0;
      var share = 100.0 * pods / (pods + baseline + others);
      if (pods == 1 || Math.abs(share - wanted) < Math.abs(best - wanted)) {
        best = share;
      }
    }
    return Math.round(best);
  }

  // ---- the whole

  /** The file's text; {@link #assumptions} and {@link #open} are complete afterwards. */
  String text(String shortRevision, @Nullable Production production, KnownMetrics.Found metrics) {
    yaml.append("# How each commit is released, as proposed for commit ")
        .append(shortRevision)
        .append(".\n");
    images(production);
    canary(production, metrics);
    line(0, "production:");
    line(2, "manifests: " + source(production));
    if (production != null
        && production.service() != null
        && production.files().stream()
                .flatMap(file -> file.services().stream())
                .filter(service -> service.selects(production.deployment()))
                .count()
            > 1) {
      line(2, "service: " + production.service().name());
    }
    var route = production == null ? null : route(production);
    if (route != null) {
      line(0, "traffic: {by: gateway, route: " + route + "}");
      assumptions.add("the HTTPRoute " + route + " shares the traffic");
    }
    if (!look.whole()) {
      assumptions.add("the repository is large: only a part of it was looked at");
    }
    if (look.codefresh().size() > 1) {
      open.add(
          String.join(" and ", look.codefresh())
              + " are there: 'aviary import codefresh' takes over more of them than this proposal knows");
    }
    return yaml.toString();
  }

  private String source(@Nullable Production production) {
    if (production != null) {
      return paths(production.files());
    }
    if (!look.kustomizations().isEmpty()) {
      var folder =
          look.kustomizations().stream()
              .filter(one -> one.toLowerCase(Locale.ROOT).contains("prod"))
              .findFirst()
              .orElse(look.kustomizations().getFirst());
      assumptions.add("production is the Kustomize folder " + folder);
      return "{kustomize: " + folder + "}";
    }
    if (!look.charts().isEmpty()) {
      assumptions.add("production is the Helm chart " + look.charts().getFirst());
      return "{helm: {chart: " + look.charts().getFirst() + "}}";
    }
    open.add(
        "the repository has no manifest with a Deployment: add production's"
            + (namespace.replicas().isEmpty()
                ? ""
                : "; live in namespace "
                    + namespace.name()
                    + (namespace.replicas().size() == 1 ? " is " : " are ")
                    + String.join(", ", new TreeMap<>(namespace.replicas()).keySet())
                    + ", which 'kubectl get deployment NAME -o yaml' prints"));
    return "[production.yml]";
  }

  private static String paths(List<ManifestFile> files) {
    return files.stream().map(ManifestFile::path).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String place(String folder) {
    return folder.isEmpty() ? "the root" : folder;
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private void line(int indent, String text) {
    yaml.append(" ".repeat(indent)).append(text).append('\n');
  }
}
