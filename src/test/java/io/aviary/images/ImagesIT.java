package io.aviary.images;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.kubernetes.Clusters;
import io.aviary.kubernetes.RealCluster;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.AviaryProperties;
import io.aviary.release.LiveConfiguration;
import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.masking.Masking;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.Wakeups;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Builds on a real cluster. {@code TEST_KUBECONFIG} names it; {@code TEST_REGISTRY} is a registry
 * over plain http, and {@code TEST_GITHUB_URL} a stand-in for GitHub whose repositories {@code
 * TEST_GIT_URL} serves, all of which the cluster's pods can reach.
 */
@EnabledIfEnvironmentVariable(named = "TEST_KUBECONFIG", matches = ".+")
class ImagesIT {

  private static final String REGISTRY = RealCluster.beside("TEST_REGISTRY");
  private static final String GITHUB = RealCluster.beside("TEST_GITHUB_URL");
  private static final String GIT = RealCluster.beside("TEST_GIT_URL");
  private static final String NAMESPACE =
      "t-images-" + UUID.randomUUID().toString().substring(0, 8);
  private static final String REPOSITORY = "images-it/ornithology";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir Path folder;

  /** One for each step that is under way; an event is for all steps of a run. */
  private final List<Semaphore> waiting = new CopyOnWriteArrayList<>();

  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private final KubernetesClient kubernetes = client();
  private @Nullable String token;
  private String cloneUrl = GIT + "/" + REPOSITORY + ".git";

  /** Another one in each execution, as the runs of one server are. */
  private long run = Instant.now().toEpochMilli();

  @BeforeEach
  void prepare() throws IOException {
    kubernetes
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .serverSideApply();
    copy(Path.of("examples/ornithology"), folder);
  }

  @AfterEach
  void leaveNothingBehind() {
    var jobs = kubernetes.batch().v1().jobs().inNamespace(NAMESPACE).list().getItems();
    var secrets = kubernetes.secrets().inNamespace(NAMESPACE).list().getItems();
    context.close();
    kubernetes.close();
    assertThat(jobs).isEmpty();
    assertThat(secrets).isEmpty();
  }

  @AfterAll
  static void deleteNamespace() {
    try (var client = client()) {
      client.namespaces().withName(NAMESPACE).delete();
    }
  }

  private static KubernetesClient client() {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(new File(System.getenv("TEST_KUBECONFIG"))))
        .build();
  }

  @Test
  void buildsBothImagesOfACommitSideBySideOnce() throws Exception {
    start();
    var revision = push("both images");

    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var app = executor.submit(() -> build(image("app", "Dockerfile"), revision));
      var test = executor.submit(() -> build(image("test", "Dockerfile.test"), revision));
      for (var built : List.of(app.get(), test.get())) {
        assertThat(built.failure()).isNull();
        assertThat(built.image().reused()).isFalse();
        assertThat(built.image().digest()).isEqualTo(digestOf(built.image().reference()));
        assertThat(built.log()).contains("exporting to image");
      }
      assertThat(app.get().image().digest()).isNotEqualTo(test.get().image().digest());
      assertThat(pushed(app.get(), image("app", "Dockerfile"), revision).reference())
          .isEqualTo(REGISTRY + "/images-it/app@" + app.get().image().digest());
    }

    run++;
    var again = build(image("app", "Dockerfile"), revision);
    assertThat(again.image().reused()).isTrue();
    assertThat(again.image().digest()).isEqualTo(digestOf(again.image().reference()));
  }

  @Test
  void quotesTheLineOfTheDockerfileThatFailed() throws Exception {
    start();
    Files.writeString(
        folder.resolve("Dockerfile"), "\nRUN echo no such bird >&2 && exit 3\n", APPEND);
    var revision = push("a mistake");

    var failed = build(image("app", "Dockerfile"), revision);

    assertThat(failed.failure())
        .contains("build of images-it/app failed with exit code 1")
        .contains("exit code: 3")
        .contains("RUN echo no such bird >&2 && exit 3");
    assertThat(failed.log()).contains("no such bird");
  }

  @Test
  void refusesAContextThatLeadsOutOfTheCommit() throws Exception {
    start();
    Files.createSymbolicLink(folder.resolve("outside"), Path.of("/proc/1"));
    var revision = push("a link");
    var image =
        new ImageDefinition(
            "app",
            "images-it/app",
            "outside",
            "Dockerfile",
            null,
            Map.of(),
            true,
            "$SHORT_REVISION",
            Duration.ofMinutes(5));

    Files.delete(folder.resolve("outside"));

    assertThat(build(image, revision).failure()).contains("leads out of the commit");
  }

  @Test
  void fetchesFromAPrivateRepositoryWithATokenThatTheBuildCannotRead() throws Exception {
    token = "t0ken-of-the-server";
    Files.writeString(
        folder.resolve("Dockerfile"),
        """

        RUN --mount=type=secret,id=GIT_AUTH_TOKEN,required=false \\
            test ! -e /run/secrets/GIT_AUTH_TOKEN && ! env | grep -i git_config
        """,
        APPEND);
    try (var git = new PrivateGit(URI.create(GITHUB), "t0ken-of-the-server")) {
      cloneUrl = git.url() + "/" + REPOSITORY + ".git";
      start();
      var revision = push("private");

      var built = build(image("app", "Dockerfile"), revision);

      assertThat(built.failure()).isNull();
      assertThat(built.image().digest()).isEqualTo(digestOf(built.image().reference()));
      assertThat(built.log()).doesNotContain("t0ken");
      assertThat(git.refusals()).isZero();
    }
  }

  @Test
  void saysThatTheTokenIsWrong() throws Exception {
    token = "another";
    try (var git = new PrivateGit(URI.create(GITHUB), "t0ken-of-the-server")) {
      cloneUrl = git.url() + "/" + REPOSITORY + ".git";
      start();

      assertThat(build(image("app", "Dockerfile"), push("private")).failure())
          .contains("failed with exit code 128")
          .contains("check aviary.github.token");
    }
  }

  // ---- a small engine

  /** What came of a build. */
  private record Built(@Nullable BuiltImage data, @Nullable String failure, String log) {
    BuiltImage image() {
      if (data == null) {
        throw new AssertionError(failure + "\n" + log);
      }
      return data;
    }
  }

  private Built build(ImageDefinition image, String revision) {
    var bean = context.getBean(BuildImage.class);
    var step = step(bean, image, revision);
    var outcome = drive(step);
    return switch (outcome) {
      case Outcome.Done<BuiltImage> done -> new Built(done.data(), null, step.log.toString());
      case Outcome.Failed<BuiltImage> failed ->
          new Built(null, failed.reason(), step.log.toString());
      default -> throw new AssertionError(outcome);
    };
  }

  private PushedImage pushed(Built built, ImageDefinition image, String revision) {
    var step = step(context.getBean(PushImage.class), image, revision);
    step.results.put(image.buildStep(), built.image());
    return switch (drive(step)) {
      case Outcome.Done<PushedImage> done -> done.data();
      case Outcome<PushedImage> other -> throw new AssertionError(other);
    };
  }

  private <D extends Record> FakeStep<D> step(
      StepBean<D> bean, ImageDefinition image, String revision) {
    var step = new FakeStep<>(bean, image);
    step.revision = revision;
    step.cloneUrl = cloneUrl;
    step.namespace = NAMESPACE;
    step.run = run;
    return step.startingAt(Instant.now());
  }

  private <D extends Record> Outcome<D> drive(FakeStep<D> step) {
    var wakes = new Semaphore(0);
    waiting.add(wakes);
    try {
      while (true) {
        step.now = Instant.now();
        var outcome = step.call();
        if (!(outcome instanceof Outcome.Wait<D> wait)) {
          return outcome;
        }
        var until = wait.until() == null ? step.now.plusSeconds(10) : wait.until();
        var left = Duration.between(Instant.now(), until).toMillis();
        if (wakes.tryAcquire(left, TimeUnit.MILLISECONDS)) {
          wakes.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      waiting.remove(wakes);
    }
  }

  /** With what a test has said so far. */
  private void start() {
    var properties =
        new AviaryProperties(
            URI.create("http://localhost:8080"),
            new AviaryProperties.GitHub(URI.create("https://api.github.example"), token),
            new AviaryProperties.Build(REGISTRY, true, null, null, "moby/buildkit:latest", false),
            new AviaryProperties.Prometheus(null),
            new AviaryProperties.Security(List.of(), List.of()),
            List.of());
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "test", Map.of("aviary.kubeconfig", System.getenv("TEST_KUBECONFIG"))));
    context.registerBean(AviaryProperties.class, () -> properties);
    context.registerBean(LiveConfiguration.class, () -> new LiveConfiguration(properties));
    context.registerBean(Wakeups.class, () -> id -> waiting.forEach(Semaphore::release));
    context.registerBean(Applications.class, NoApplications::new);
    context.registerBean(Masking.class, () -> new Masking(List.of()));
    context.scan("io.aviary.kubernetes", "io.aviary.images");
    context.refresh();
    assertThat(context.getBean(Clusters.class).cluster(null).describe()).isNotBlank();
  }

  // ---- around it

  private static ImageDefinition image(String key, String dockerfile) {
    return new ImageDefinition(
        key,
        "images-it/" + key,
        ".",
        dockerfile,
        null,
        Map.of("VERSION", "$SHORT_REVISION"),
        true,
        "$SHORT_REVISION",
        Duration.ofMinutes(5));
  }

  /** Commits the folder; the new revision is returned. */
  private String push(String message) throws IOException, InterruptedException {
    var request =
        Map.of(
            "repo",
            REPOSITORY,
            "dir",
            folder.toString(),
            "message",
            message,
            "branch",
            "master",
            "force",
            false);
    var answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(GITHUB + "/_/push"))
                .POST(BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(request)))
                .build(),
            BodyHandlers.ofString());
    return JsonMapper.shared().readTree(answer.body()).path("sha").asString();
  }

  private static String digestOf(String reference) throws IOException, InterruptedException {
    var parts = reference.substring(REGISTRY.length() + 1).split(":", 2);
    var address = "http://%s/v2/%s/manifests/%s".formatted(REGISTRY, parts[0], parts[1]);
    var answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(address))
                .HEAD()
                .header("Accept", "application/vnd.oci.image.manifest.v1+json")
                .header("Accept", "application/vnd.oci.image.index.v1+json")
                .header("Accept", "application/vnd.docker.distribution.manifest.v2+json")
                .build(),
            BodyHandlers.discarding());
    return answer.headers().firstValue("Docker-Content-Digest").orElseThrow();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (var file : files.toList()) {
        var copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  /** What is built here belongs to none that is configured. */
  private static final class NoApplications implements Applications {

    @Override
    public List<ApplicationProperties> all() {
      return List.of();
    }

    @Override
    public Optional<ApplicationProperties> find(String name) {
      return Optional.empty();
    }

    @Override
    public List<ApplicationProperties> ofRepository(String repository) {
      return List.of();
    }
  }
}
