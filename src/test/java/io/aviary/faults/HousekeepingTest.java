package io.aviary.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.kubernetes.Names;
import io.aviary.simulation.ExampleCommits;
import io.aviary.simulation.ExampleCommits.Change;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dead runs left in the cluster is found and removed, and nothing else. */
class HousekeepingTest {

  private static final String NAMESPACE = "birds";

  @TempDir Path folder;

  @Test
  void jobsPodsAndSecretsOfDeadRunsGoAndThoseOfLiveOnesStay() {
    try (var laboratory = new Laboratory(folder, "jdbc:h2:mem:housekeeping", "supersede")) {
      laboratory.reset();
      laboratory.makeProduction();
      try (var supervisor = new Supervisor(laboratory)) {
        push(laboratory, supervisor, commit("1"));
        while (!laboratory.allRunsAreFinal()) {
          supervisor.goOn();
        }
        push(
            laboratory,
            supervisor,
            commit("2")
                .replace("aviary.yml", "[/tests/it/version_verify.sh]", "[sleep, \"86400\"]"));
        while (tasks(laboratory).isEmpty()
            || !laboratory.step("verifyCanaryInProd").equals("RUNNING")) {
          supervisor.goOn();
        }
        var live = tasks(laboratory);
        assertThat(live).as("the live run's own").hasSize(1);
        leave(laboratory, "dead", 1, Laboratory.APPLICATION);
        leave(laboratory, "live", 3, Laboratory.APPLICATION);
        leave(laboratory, "unknown", 99, Laboratory.APPLICATION);
        leave(laboratory, "another", 1, "fish");

        clear(supervisor);
        assertThat(tasks(laboratory)).as("a run that has just ended").hasSize(1 + 4 * 3);

        laboratory.clock.jump(Duration.ofMinutes(11));
        clear(supervisor);

        assertThat(tasks(laboratory))
            .containsExactlyInAnyOrderElementsOf(
                Stream.concat(
                        live.stream(),
                        Stream.of("live", "unknown", "another")
                            .flatMap(
                                name ->
                                    Stream.of(
                                        "Pod left-test-" + name,
                                        "Job left-build-" + name,
                                        "Secret left-build-" + name)))
                    .toList());
        laboratory.clock.jump(Duration.ofMinutes(-11));
      }
    }
  }

  private static void clear(Supervisor supervisor) {
    assertThat(supervisor.attempt(Server::clearAway)).isTrue();
  }

  private static void push(Laboratory laboratory, Supervisor supervisor, ExampleCommits commit) {
    var delivery = laboratory.push(commit, "A commit");
    assertThat(
            supervisor.attempt(
                server -> {
                  var _ = server.receive(delivery, Laboratory.SECRET);
                }))
        .isTrue();
  }

  private static ExampleCommits commit(String number) {
    return ExampleCommits.with(Change.QUICK_WARM_UP, Change.QUICK_ROLLOUT, Change.THREE_REPLICAS)
        .numbered("housekeeping " + number)
        .replace("aviary.yml", "traffic: 10", "traffic: 25");
  }

  /** As a server would have left it that died at a bad moment. */
  private static void leave(Laboratory laboratory, String name, long run, String application) {
    var labels = Names.labels(application, run);
    var client = laboratory.client;
    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName("left-test-" + name)
                .withLabels(labels)
                .endMetadata()
                .withSpec(sleeps())
                .build())
        .inNamespace(NAMESPACE)
        .create();
    client
        .resource(
            new JobBuilder()
                .withNewMetadata()
                .withName("left-build-" + name)
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withSuspend(true)
                .withNewTemplate()
                .withSpec(sleeps())
                .endTemplate()
                .endSpec()
                .build())
        .inNamespace(NAMESPACE)
        .create();
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("left-build-" + name)
                .withLabels(labels)
                .endMetadata()
                .build())
        .inNamespace(NAMESPACE)
        .create();
  }

  private static PodSpec sleeps() {
    return new PodSpecBuilder()
        .withRestartPolicy("Never")
        .addNewContainer()
        .withName("task")
        .withImage("busybox")
        .withCommand("sleep", "86400")
        .endContainer()
        .build();
  }

  /** Jobs, Secrets, and pods that no Job or Deployment has. */
  private static List<String> tasks(Laboratory laboratory) {
    var client = laboratory.client;
    return Stream.of(
            client.pods().inNamespace(NAMESPACE).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getOwnerReferences().isEmpty())
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .map(pod -> "Pod " + pod.getMetadata().getName()),
            client.batch().v1().jobs().inNamespace(NAMESPACE).list().getItems().stream()
                .map(job -> "Job " + job.getMetadata().getName()),
            client.secrets().inNamespace(NAMESPACE).list().getItems().stream()
                .map(secret -> "Secret " + secret.getMetadata().getName()))
        .flatMap(names -> names)
        .toList();
  }
}
