package io.aviary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aviary.database.Postgres;
import io.aviary.house.LeftOut;
import io.aviary.simulation.ExampleCommits;
import io.aviary.simulation.Pace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one file that is delivered, as {@code java -jar} runs it. Its libraries are files inside of a
 * file there, and a chart is rendered by a process that has to find them, and Helm's native
 * library, again.
 */
class PackagedIT {

  private static final String REPOSITORY = "otomato/packaged";
  private static final String SECRET = "It's a Secret to Everybody";
  private static final String TOKEN = "packaged-test-token";
  private static final String IN_MEMORY = "jdbc:h2:mem:packaged";
  private static final String PREPARED = "Starting AOT-processed";
  private static final List<String> FINAL =
      List.of("SUCCEEDED", "ROLLED_BACK", "FAILED", "CANCELLED", "SUPERSEDED");

  /**
   * What the image is run with: nobody's user, no capabilities and none to come, and no file system
   * that can be written but a new one at {@code /tmp}.
   */
  private static final String RESTRICTED =
      """
      for mount in $(awk '{print $2}' /proc/mounts | sort -u | grep -vE '^/(proc|sys|dev)'); do
        mount -o remount,ro,bind "$mount" 2>/dev/null || true
      done
      if touch "$1/written" 2>/dev/null; then exit 99; fi
      shift
      mount -t tmpfs -o mode=1777,size=600m tmpfs /tmp
      exec setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs --bounding-set=-all \\
        --inh-caps=-all "$@"
      """;

  // Not below /tmp, which is another one for a server that is restricted.
  @TempDir(factory = BelowTarget.class)
  Path folder;

  private Path jar;

  /** {@code verify} makes it before this; a test that is run alone may be without. */
  @BeforeEach
  void thereIsOne() throws IOException {
    jar =
        LeftOut.unless(
            newestJar(),
            "the jar as it is delivered, because there is none in target",
            "target/aviary-*.jar must be there in CI");
  }

  private static Optional<Path> newestJar() throws IOException {
    try (var files = Files.list(Path.of("target"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("aviary-.*\\.jar"))
          .findFirst();
    }
  }

  @Test
  void itReleasesAnApplicationWhoseManifestsAreAChart() throws Exception {
    releasesAChart(List.of(), IN_MEMORY);
  }

  /** The jar was prepared for its start on H2. */
  @Test
  void itDoesSoWithPostgresql() throws Exception {
    releasesAChart(List.of(), Postgres.newDatabase());
  }

  /** Spring Boot decides by {@code spring.mail.host} whether there is a sender of mails. */
  @Test
  void aKeyThatDecidesWhichPartsThereAreIsHeededThoughTheJarWasPreparedWithoutIt()
      throws Exception {
    var backend = SimulatedBackend.start(folder, Pace.BRISK);
    var port = ServerProcess.freePort();
    var arguments = new ArrayList<>(arguments(backend, port, IN_MEMORY));
    arguments.addAll(
        List.of(
            "--spring.mail.host=127.0.0.1",
            "--management.endpoints.web.exposure.include=health,info"));
    var server = ServerProcess.packaged(jar, port, arguments, List.of());
    try {
      server.start();

      assertThat(server.log())
          .contains("may change which parts the server has")
          .doesNotContain(PREPARED);
      // An endpoint that the jar's own configuration does not have.
      assertThat(JsonMapper.shared().readTree(get(server, "/actuator/info")).isObject()).isTrue();
    } finally {
      server.kill();
      backend.close();
    }
  }

  /** Helm's library is unpacked and loaded there, too. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void itDoesSoAsNobodyAndWithNothingToWriteToButTemporaryFiles() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "left out: only root can make another view of the file system");
    assumeTrue(
        isSeenByAnybody(jar),
        "left out: the jar lies where nobody but its owner can read it, or below /tmp");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    releasesAChart(
        List.of(
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            RESTRICTED,
            "sh",
            folder.toAbsolutePath().toString()),
        IN_MEMORY);
  }

  /** The server runs as nobody, and with another /tmp. */
  private static boolean isSeenByAnybody(Path jar) throws IOException {
    var way = jar.toAbsolutePath();
    for (var each = way.getParent(); each != null; each = each.getParent()) {
      if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        return false;
      }
    }
    return !way.startsWith("/tmp");
  }

  private void releasesAChart(List<String> wrapper, String database) throws Exception {
    var backend = SimulatedBackend.start(folder, Pace.BRISK);
    var port = ServerProcess.freePort();
    var server = ServerProcess.packaged(jar, port, arguments(backend, port, database), wrapper);
    try {
      backend
          .client()
          .resource(
              new NamespaceBuilder().withNewMetadata().withName("packaged").endMetadata().build())
          .create();
      server.start();
      assertThat(server.log()).contains(PREPARED);
      backend.hub().hook(REPOSITORY, server.url() + "/webhooks/github", SECRET);

      backend.hub().push(REPOSITORY, chart().files(), "A chart");

      var canary = ended(server, "canary");
      assertThat(canary.get("status").asString()).as(canary.toString()).isEqualTo("SUCCEEDED");
      var production = ended(server, "production");
      assertThat(production.get("status").asString())
          .as(production.toString())
          .isEqualTo("SUCCEEDED");
      assertThat(get(server, "/api/runs/" + canary.get("id").asLong() + "/steps/readSource/log"))
          .contains("production's manifests, rendered", "replicas: 9");
      var pods = backend.client().pods().inNamespace("packaged").list().getItems();
      assertThat(pods).hasSizeGreaterThanOrEqualTo(9);
      // Parts that are there because of a key: when the jar was made, there was no token.
      await("the commit's status")
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  backend.hub().statuses(REPOSITORY).stream()
                      .anyMatch(status -> status.get("state").asString().equals("success")));
    } finally {
      server.kill();
      backend.close();
    }
  }

  /** Makes folders in target, whose owner alone may write to them. */
  static final class BelowTarget implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
        throws IOException {
      return Files.createTempDirectory(Path.of("target").toAbsolutePath(), "packaged-");
    }
  }

  private static ExampleCommits chart() {
    return ExampleCommits.with(ExampleCommits.Change.QUICK_WARM_UP).asChart();
  }

  private static List<String> arguments(SimulatedBackend backend, int port, String database) {
    return List.of(
        "--server.port=" + port,
        "--spring.datasource.url=" + database,
        "--aviary.kubeconfig=" + backend.kubeconfig(),
        "--aviary.build.registry=" + backend.registry(),
        "--aviary.build.insecure-registry=true",
        "--aviary.github.api-url=" + backend.hub().apiUrl(),
        "--aviary.github.token=packaged-github-token",
        "--aviary.security.tokens[0].name=ci",
        "--aviary.security.tokens[0].role=viewer",
        "--aviary.security.tokens[0].value=" + TOKEN,
        "--aviary.applications[0].name=packaged",
        "--aviary.applications[0].repository=" + REPOSITORY,
        "--aviary.applications[0].clone-url=" + backend.hub().cloneUrl(REPOSITORY),
        "--aviary.applications[0].namespace=packaged",
        "--aviary.applications[0].webhook-secrets[0]=" + SECRET);
  }

  private static JsonNode ended(ServerProcess server, String pipeline) {
    return await("the " + pipeline + " run")
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () ->
                JsonMapper.shared()
                    .readTree(get(server, "/api/runs?pipeline=" + pipeline))
                    .get("items")
                    .valueStream()
                    .filter(run -> FINAL.contains(run.get("status").asString()))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private static String get(ServerProcess server, String path)
      throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create(server.url() + path))
                  .header("Authorization", "Bearer " + TOKEN)
                  .build(),
              BodyHandlers.ofString())
          .body();
    }
  }
}
