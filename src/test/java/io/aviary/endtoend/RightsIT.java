package io.aviary.endtoend;

import static io.aviary.simulation.ExampleCommits.Change.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.kubernetes.Rights;
import io.aviary.kubernetes.Rights.Rule;
import io.aviary.simulation.ApiRequest;
import io.aviary.simulation.Hub;
import io.aviary.simulation.Pace;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What whole releases ask of the API server, compared with {@link Rights} in both directions: a
 * rule too few would break a release, one too many is power that nobody needs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RightsIT {

  private static final String BUILDS = "aviary-builds";
  private static final Pattern NAMESPACED =
      Pattern.compile(
          "/(?:api/v1|apis/([^/]+)/[^/]+)/namespaces/([^/]+)/([^/]+)(?:/([^/]+)(?:/([^/]+))?)?");

  /** Kinds of the example's manifests; the others are applied in the same way. */
  private static final Set<String> IN_THE_EXAMPLE = Set.of("deployments", "services");

  @TempDir static Path folder;

  private final Set<String> inApplications = new ConcurrentSkipListSet<>();
  private final Set<String> inBuilds = new ConcurrentSkipListSet<>();

  @BeforeAll
  void release() {
    var simulated = SimulatedBackend.start(folder, Pace.BRISK);
    simulated.cluster().createNamespace(BUILDS);
    simulated.cluster().onRequest(this::note);
    try (var world = World.start(new WithBuildNamespace(simulated))) {
      // Production made by kubectl, replaced.
      var first = world.scene();
      first.kubectlMadeProduction(9);
      var canary =
          first.awaitEnd(
              first
                  .push(
                      // A share of several canary pods, for which the canary is scaled.
                      first.commit().replace("aviary.yml", "traffic: 10", "traffic: 25"), "Good")
                  .run());
      assertThat(canary.status()).as(canary.story()).isEqualTo("SUCCEEDED");
      assertThat(first.awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
      // A gate that fails, with a share.
      var broken = first.push(first.commit(VERSION_FAILS), "Break the version");
      assertThat(first.awaitEnd(broken.run()).status()).isEqualTo("ROLLED_BACK");
      // A first release whose roll-out fails: what it created is deleted.
      var second = world.scene();
      var failing =
          second.awaitEnd(
              second
                  .push(
                      second
                          .commit(PRODUCTION_NEVER_READY)
                          .replace("aviary.yml", "production:\n", "production:\n  timeout: 15s\n"),
                      "Never ready")
                  .run());
      assertThat(second.awaitEnd(failing.child()).status()).isEqualTo("ROLLED_BACK");
    }
  }

  @AfterAll
  void tell() {
    System.out.println(
        "asked of applications' namespaces:\n  " + String.join("\n  ", inApplications));
    System.out.println("asked of the build namespace:\n  " + String.join("\n  ", inBuilds));
  }

  private void note(ApiRequest request) {
    var path = NAMESPACED.matcher(request.path());
    if (!request.userAgent().startsWith("aviary") || !path.matches()) {
      return;
    }
    var resource = path.group(3) + (path.group(5) == null ? "" : "/" + path.group(5));
    var name = resource + (path.group(1) == null ? "" : "." + path.group(1));
    var asked = path.group(2).equals(BUILDS) ? inBuilds : inApplications;
    verbs(request, path.group(4) != null).forEach(verb -> asked.add(verb + " " + name));
  }

  private static List<String> verbs(ApiRequest request, boolean named) {
    return switch (request.method()) {
      case "GET" -> List.of(named ? "get" : request.isWatch() ? "watch" : "list");
      case "POST" -> List.of("create");
      case "PUT" -> List.of("update");
      case "DELETE" -> List.of("delete");
      case "PATCH" ->
          // The API server asks for both, because an apply may create.
          request.contentType().startsWith("application/apply-patch")
              ? List.of("patch", "create")
              : List.of("patch");
      default -> throw new AssertionError(request);
    };
  }

  private static Set<String> words(List<Rule> rules) {
    return rules.stream()
        .flatMap(
            rule ->
                rule.verbs().stream()
                    .map(
                        verb ->
                            verb
                                + " "
                                + rule.resource()
                                + (rule.group().isEmpty() ? "" : "." + rule.group())))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void aBuildNeedsExactlyTheRulesOfBuilds() {
    var rules = words(Rights.ofBuilds());
    // Only asked where a pod cannot start.
    rules.remove("list events");
    assertThat(inBuilds).containsExactlyElementsOf(rules);
  }

  @Test
  void aReleaseNeedsExactlyTheRulesOfReleasesAndOfItsManifests() {
    var manifests =
        Rights.ofManifests().stream()
            .filter(rule -> IN_THE_EXAMPLE.contains(rule.resource()))
            .toList();
    var rules = Stream.concat(Rights.ofReleases().stream(), manifests.stream()).toList();
    assertThat(inApplications).containsExactlyElementsOf(words(rules));
  }

  /** The simulated cluster, with builds apart. */
  private record WithBuildNamespace(SimulatedBackend backend) implements Backend {
    @Override
    public Map<String, Object> settings() {
      return Map.of("aviary.build.namespace", BUILDS, "aviary.github.token", "a-token");
    }

    @Override
    public String words() {
      return backend.words();
    }

    @Override
    public Path kubeconfig() {
      return backend.kubeconfig();
    }

    @Override
    public Hub hub() {
      return backend.hub();
    }

    @Override
    public String registry() {
      return backend.registry();
    }

    @Override
    public KubernetesClient client() {
      return backend.client();
    }

    @Override
    public Duration patience() {
      return backend.patience();
    }

    @Override
    public void close() {
      backend.close();
    }
  }
}
