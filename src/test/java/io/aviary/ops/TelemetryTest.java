package io.aviary.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.aviary.Aviary;
import io.aviary.release.Actor;
import io.aviary.release.Applications;
import io.aviary.release.ConnectionCheck.Finding;
import io.aviary.release.Interventions;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Releases;
import io.aviary.release.RunStatus;
import io.aviary.release.Runs;
import io.aviary.release.Trigger;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;

/** A whole server whose runs fail at once, because nothing that they need is there. */
@SpringBootTest(
    classes = Aviary.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.datasource.url=jdbc:h2:mem:telemetry",
      "spring.test.metrics.export=true",
      "aviary.build.registry=127.0.0.1:1",
      "aviary.security.tokens[0].name=eyes",
      "aviary.security.tokens[0].role=viewer",
      "aviary.security.tokens[0].value=0123456789abcdef",
      "aviary.applications[0].name=birds",
      "aviary.applications[0].repository=otomato/birds",
      "aviary.applications[0].clone-url=file:///no/such/repository.git",
      "aviary.applications[0].namespace=birds",
      "aviary.applications[0].webhook-secrets=s"
    })
class TelemetryTest {

  @Autowired Releases releases;
  @Autowired Interventions interventions;
  @Autowired Runs runs;
  @Autowired Applications applications;
  @LocalServerPort int port;

  private final HttpClient http = HttpClient.newHttpClient();

  private HttpResponse<String> get(String path, boolean signedIn)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (signedIn) {
      request.header("Authorization", "Bearer 0123456789abcdef");
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private long aRunThatFails() {
    var run =
        releases.startCanary(
            applications.all().getFirst(),
            "0123456789012345678901234567890123456789",
            Trigger.PERSON,
            new Actor("finch", null),
            "Sing",
            "finch");
    interventions.cancel(run.id(), new Actor("finch", null), "enough");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> runs.find(run.id()).orElseThrow().status().isFinal());
    return run.id();
  }

  @Test
  void metricsTellOfRunsAndAreForViewers() throws Exception {
    assertThat(get("/actuator/prometheus", false).statusCode()).isEqualTo(401);
    aRunThatFails();

    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(get("/actuator/prometheus", true).body())
                    .contains(
                        "aviary_runs{status=\"queued\"} 0.0",
                        "aviary_runs{status=\"running\"} 0.0",
                        "aviary_runs{status=\"waiting\"} 0.0",
                        "aviary_runs_stuck 0.0",
                        "aviary_runs_leased 0.0",
                        "aviary_queue_age_seconds 0.0",
                        "aviary_leases_lost_total 0.0",
                        "aviary_reaction_seconds_bucket{le=\"0.1\"}",
                        "aviary_handover_seconds_bucket{le=\"0.1\"}",
                        "aviary_runs_finished_total{application=\"birds\",outcome=\"cancelled\",pipeline=\"canary\"}"));
  }

  /** One that is not found has its keys ignored without a word. */
  @Test
  void everyClassOfTheConfigurationIsBound(@Autowired ApplicationContext context) {
    var properties =
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.aviary")
                .stream()
                .filter(type -> type.isAnnotatedWith(ConfigurationProperties.class))
                .map(JavaClass::reflect)
                .toList();

    assertThat(properties)
        .hasSizeGreaterThan(10)
        .allSatisfy(type -> assertThat(context.getBeanNamesForType(type)).hasSize(1));
  }

  /** An increase is counted from a number, not from nothing: so the first failure is seen, too. */
  @Test
  void whatAlertsAreAboutIsCountedFromZero() throws Exception {
    assertThat(get("/actuator/prometheus", true).body())
        .contains(
            "aviary_runs_finished_total{application=\"birds\",outcome=\"failed\",pipeline=\"canary\"} ",
            "aviary_runs_finished_total{application=\"birds\",outcome=\"failed\",pipeline=\"production\"} ",
            "aviary_deliveries_total{verdict=\"failed\"} ",
            "aviary_deliveries_total{verdict=\"refused\"} ");
  }

  /** Of the chart, whose names nobody else would miss. */
  @Test
  void everyNameInRulesAndDashboardIsOneThatTheServerHas() throws Exception {
    aRunThatIsTried();
    var name = Pattern.compile("\\b(?:aviary|jvm)_[a-z_]+\\b");
    var used = new TreeSet<String>();
    for (var file : List.of("rules.yaml", "dashboard.json")) {
      name.matcher(Files.readString(Path.of("helm/aviary/files", file)))
          .results()
          .forEach(found -> used.add(found.group()));
    }
    assertThat(used).hasSizeGreaterThan(8);

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(
                        get("/actuator/prometheus", true)
                            .body()
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .map(line -> line.replaceFirst("[{ ].*", "")))
                    .containsAll(used));
  }

  /** It gets as far as its first step, whose repository is not there. */
  private void aRunThatIsTried() {
    var run =
        releases.startCanary(
            applications.all().getFirst(),
            "1123456789012345678901234567890123456789",
            Trigger.PERSON,
            new Actor("finch", null),
            "Sing",
            "finch");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                runs.find(run.id()).orElseThrow().status().isFinal()
                    || runs.find(run.id()).orElseThrow().steps().getFirst().startedAt() != null);
    try {
      interventions.cancel(run.id(), new Actor("finch", null), "enough");
    } catch (ReleaseRefusedException e) {
      // It ends by itself already, which is as good.
      assertThat(e).hasMessageMatching("run \\d+ (has ended|is undoing already).*");
    }
  }

  @Test
  void livenessAndReadinessAreOpenAndTellNothingElse() throws Exception {
    assertThat(get("/actuator/health/liveness", false).body()).isEqualTo("{\"status\":\"UP\"}");
    assertThat(get("/actuator/health/readiness", false).body()).isEqualTo("{\"status\":\"UP\"}");
    assertThat(get("/actuator/health", false).statusCode()).isEqualTo(401);
    assertThat(get("/actuator/health", true).body()).contains("\"engine\"", "\"db\"");
  }

  @Test
  void aReleaseIsOneTrace() {
    var id = aRunThatFails();
    var spans = new Spans();
    var ids = new PlannedIds();
    try (var provider = TraceConfiguration.provider(SimpleSpanProcessor.create(spans), ids)) {
      var traces = new ReleaseTraces(provider.get("test"), ids, runs, new NoDeliveries());
      var run = runs.find(id).orElseThrow();
      traces.tell(run);
      traces.tell(run);

      assertThat(spans.ended).extracting(SpanData::getTraceId).containsOnly(spans.trace());
      var root = spans.ended.stream().filter(it -> it.getName().equals("release birds")).toList();
      assertThat(root).hasSize(2);
      assertThat(root.getFirst().getParentSpanContext().isValid()).isFalse();
      assertThat(root.get(1).getSpanId()).isEqualTo(root.getFirst().getSpanId());
      assertThat(spans.ended.stream().filter(it -> it.getName().equals("canary run")))
          .allSatisfy(
              it -> {
                assertThat(it.getParentSpanId()).isEqualTo(root.getFirst().getSpanId());
                assertThat(it.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
              });
      assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
    }
  }

  @Test
  void aTableSaysWhatIsBad() {
    var out = new ByteArrayOutputStream();
    var code =
        SystemCheck.print(
            List.of(Finding.good("database", "H2"), Finding.bad("git of birds", "gone")),
            new PrintStream(out, true, StandardCharsets.UTF_8));

    assertThat(code).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
            GOOD    database      H2
            BAD     git of birds  gone
            1 of 2 are bad.
            """);
  }

  @Test
  void aClockworkThatStandsStillIsNotAlive() {
    var clockwork =
        new io.aviary.release.Clockwork() {
          @Override
          public boolean isRunning() {
            return true;
          }

          @Override
          public Instant lastPoll() {
            return Instant.EPOCH;
          }
        };

    assertThat(new EngineHealth(clockwork, () -> Instant.EPOCH.plusSeconds(10)).health())
        .hasFieldOrPropertyWithValue("status.code", "UP");
    assertThat(new EngineHealth(clockwork, () -> Instant.EPOCH.plusSeconds(200)).health())
        .hasFieldOrPropertyWithValue("status.code", "DOWN");
  }

  private static final class Spans implements SpanExporter {
    private final List<SpanData> ended = new CopyOnWriteArrayList<>();

    String trace() {
      return ended.getFirst().getTraceId();
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      ended.addAll(spans);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  private static final class NoDeliveries implements io.aviary.release.Deliveries {
    @Override
    public Optional<io.aviary.release.DeliveryView> find(String id) {
      return Optional.empty();
    }

    @Override
    public Optional<io.aviary.release.DeliveryView> ofRun(long run) {
      return Optional.empty();
    }

    @Override
    public io.aviary.release.Page<io.aviary.release.DeliveryView> search(
        io.aviary.release.DeliveryFilter filter, int page, int size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<io.aviary.release.DeliveryView.Verdict> verdict(
        io.aviary.release.ApplicationProperties application, String revision) {
      return Optional.empty();
    }

    @Override
    public Optional<byte[]> body(String id) {
      return Optional.empty();
    }

    @Override
    public io.aviary.release.DeliveryView replay(String id, Actor actor) {
      throw new UnsupportedOperationException();
    }
  }
}
