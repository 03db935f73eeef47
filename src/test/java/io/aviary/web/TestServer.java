package io.aviary.web;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.AviaryProperties;
import io.aviary.release.ConnectionCheck;
import io.aviary.release.Judgements;
import io.aviary.release.PipelineName;
import io.aviary.release.Proposals;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.RepositoryHistory;
import io.aviary.release.step.Pipelines;
import io.aviary.release.step.Plan;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

/**
 * The web side on a real database, without the engine's clockwork: runs stay as a test wrote them.
 * No stereotype, so that nobody's component scan finds it.
 */
@EnableAutoConfiguration
@EnableConfigurationProperties(AviaryProperties.class)
@EntityScan("io.aviary.release")
@EnableJpaRepositories("io.aviary.release")
@ComponentScan(
    basePackages = {"io.aviary.release", "io.aviary.web"},
    excludeFilters =
        @ComponentScan.Filter(type = FilterType.REGEX, pattern = ".*(\\.Dispatcher|Test|IT).*"))
public class TestServer {

  @Bean
  Stories stories(
      org.springframework.jdbc.core.simple.JdbcClient jdbc,
      org.springframework.context.ApplicationEventPublisher events) {
    return new Stories(jdbc, events);
  }

  @Bean
  FakeDeliveries deliveries() {
    return new FakeDeliveries();
  }

  @Bean
  io.aviary.release.CodefreshImport codefresh() {
    return (canary, production) ->
        new io.aviary.release.CodefreshImport.Converted(canary + production, true, List.of());
  }

  /** As if nothing were open, but for an application that git does not hand out. */
  @Bean
  Proposals proposals() {
    return application -> {
      if (application.equals("warbler")) {
        throw ReleaseRefusedException.conflict("the repository could not be looked at: no answer");
      }
      return new Proposals.Proposal(
          FakeHistory.HEAD,
          false,
          "images:\n",
          List.of("Dockerfile makes the image birds"),
          List.of("say what tests the canary"));
    };
  }

  @Bean
  FakeHistory history() {
    return new FakeHistory();
  }

  /** Says what it was asked. */
  @Bean
  Judgements judgements() {
    return (run, gates) ->
        gates.stream()
            .map(gate -> String.valueOf(((Map<?, ?>) gate).get("name")))
            .map(gate -> new Judgements.GateJudgement(gate, "PASS", null, null, List.of()))
            .toList();
  }

  /** What a test says was measured. */
  @Bean
  FakeMeasurements measurements() {
    return new FakeMeasurements();
  }

  @Bean
  io.aviary.release.RunPods pods() {
    return run ->
        List.of(
            new io.aviary.release.RunPods.Group(
                "canary",
                "birds-canary",
                List.of(
                    new io.aviary.release.RunPods.Pod(
                        "birds-canary-6d5f-x2x9v", "Ready", true, null, List.of()))),
            new io.aviary.release.RunPods.Group(
                "production",
                "birds",
                List.of(
                    new io.aviary.release.RunPods.Pod(
                        "birds-79c4-q7wzr", "Not ready", false, null, List.of()))));
  }

  /** One of each sort. */
  @Bean
  io.aviary.release.SystemReport report(java.time.InstantSource clock) {
    return new io.aviary.release.SystemReport() {
      @Override
      public Health health() {
        return new Health(
            clock.instant(),
            120,
            List.of(
                ConnectionCheck.Finding.good("database", "H2 2.4 at jdbc:h2:mem:web"),
                ConnectionCheck.Finding.good(
                    "cluster of ornithology", "Kubernetes v1.34 at 10.0.0.1"),
                ConnectionCheck.Finding.bad(
                    "registry",
                    "registry.example.com does not answer: check aviary.build.registry"),
                ConnectionCheck.Finding.unused("Prometheus", "aviary.prometheus.url is not set")));
      }

      @Override
      public List<Lease> leases() {
        return List.of(
            new Lease(
                7,
                "ornithology",
                io.aviary.release.RunStatus.RUNNING,
                "aviary-1-0b1e",
                clock.instant().plusSeconds(20),
                null,
                true));
      }

      @Override
      public List<Version> versions() {
        return List.of(new Version("Aviary", "1.0"), new Version("Database", "H2 2.4"));
      }
    };
  }

  @Bean
  Pipelines pipelines() {
    return pipeline ->
        pipeline == PipelineName.CANARY
            ? Plan.start().first("readSource", "readSource").plan()
            : Plan.start().then("deployToK8s", "deployToK8s", "", List.of()).plan();
  }

  /** A branch whose head a test may set, or that cannot be reached. */
  public static class FakeHistory implements RepositoryHistory {
    public static final String HEAD = "77c01de00000000000000000000000000000beef";
    private volatile @Nullable String fault;

    public void breakWith(@Nullable String message) {
      fault = message;
    }

    @Override
    public String head(ApplicationProperties application) {
      if (fault != null) {
        throw new IllegalStateException(fault);
      }
      return HEAD;
    }

    @Override
    public String resolve(ApplicationProperties application, String revision) {
      if (head(application).startsWith(revision)) {
        return HEAD;
      }
      throw new ReleaseRefusedException(
          ReleaseRefusedException.Kind.UNPROCESSABLE,
          "branch " + application.branch() + " contains no commit " + revision);
    }

    @Override
    public Set<String> changedPaths(
        ApplicationProperties application, String before, String after) {
      return Set.of();
    }
  }
}
