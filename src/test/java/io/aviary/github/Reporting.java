package io.aviary.github;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.AviaryProperties;
import io.aviary.release.PipelineName;
import io.aviary.release.RunChanged;
import io.aviary.release.RunStatus;
import io.aviary.release.masking.Masking;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** A server that reports what a test says that happened to the application {@code ornithology}. */
final class Reporting {

  private final JdbcClient jdbc;
  private final ReportedRuns runs;
  private final Reporter reporter;
  private final GitHubOutbox outbox;
  private final Connections connections;
  private final GitHubRest rest;
  private AviaryProperties.GitHub github;

  Reporting(
      JdbcClient jdbc,
      URI url,
      GitHubProperties properties,
      ReportedRuns runs,
      InstantSource clock) {
    this(jdbc, url, properties, runs, clock, "otomato/ornithology");
  }

  Reporting(
      JdbcClient jdbc,
      URI url,
      GitHubProperties properties,
      ReportedRuns runs,
      InstantSource clock,
      String repository) {
    this.jdbc = jdbc;
    this.runs = runs;
    var server = server(url);
    var reports = new Reports(jdbc);
    github = server.github();
    connections = new Connections(() -> github, properties.app(), clock);
    rest = new GitHubRest(url, connections, JsonMapper.shared());
    reporter =
        new Reporter(
            reports,
            connections,
            new Told(rest),
            runs,
            new OneApplication(repository),
            server,
            new Masking(List.of("hunter22-secret")),
            clock);
    outbox = new GitHubOutbox(reports, reporter, runs, clock, properties.comments());
  }

  private static AviaryProperties server(URI url) {
    return new AviaryProperties(
        URI.create("https://aviary.example"),
        new AviaryProperties.GitHub(url, "ghp_x"),
        new AviaryProperties.Build(null, false, null, null, "b", false),
        new AviaryProperties.Prometheus(null),
        new AviaryProperties.Security(List.of(), List.of()),
        List.of());
  }

  /**
   * The configuration has another token from now on.
   *
   * @param token null: none
   */
  void token(@Nullable String token) {
    github = new AviaryProperties.GitHub(github.apiUrl(), token);
  }

  HooksClient hooks() {
    return new HooksClient(rest);
  }

  void happens(
      long run, PipelineName pipeline, String revision, RunStatus status, @Nullable String why) {
    if (jdbc.sql("SELECT COUNT(*) FROM run WHERE id = ?").param(run).query(Integer.class).single()
        == 0) {
      jdbc.sql(
              "INSERT INTO run (id, application, pipeline, status, revision, branch,"
                  + " trigger_kind, created_at, plan_version, turn) VALUES (?, 'ornithology', ?,"
                  + " 'QUEUED', ?, 'master', 'PUSH', NOW(), 1, 'BEFORE')")
          .params(run, pipeline.name(), revision)
          .update();
    }
    var view = runs.is(run, pipeline, revision, status, why);
    outbox.on(new RunChanged(run, view.application(), status.isFinal()));
    outbox.takeDown();
  }

  void sends() {
    assertThat(reporter.sendDue()).isFalse();
  }

  /** The server's only application. */
  record OneApplication(ApplicationProperties only) implements Applications {

    OneApplication(String repository) {
      this(
          new ApplicationProperties(
              "ornithology",
              repository,
              null,
              "master",
              null,
              "otom8",
              List.of("current", "previous"),
              ApplicationProperties.NewerCommit.SUPERSEDE,
              List.of(),
              List.of(),
              Map.of()));
    }

    @Override
    public List<ApplicationProperties> all() {
      return List.of(only);
    }

    @Override
    public Optional<ApplicationProperties> find(String name) {
      return Optional.of(only).filter(it -> it.name().equals(name));
    }

    @Override
    public List<ApplicationProperties> ofRepository(String repository) {
      return List.of(only);
    }
  }
}
