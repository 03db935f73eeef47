package io.aviary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.Aviary;
import io.aviary.endtoend.World.Scene;
import io.aviary.house.Started;
import io.aviary.simulation.Pace;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** What somebody meets who starts the server with too little, or at a bad moment. */
class FirstStartIT {

  @TempDir Path folder;

  @Test
  void withNothingConfiguredItStartsAndItsPageSaysWhatToConfigure() throws Exception {
    try (var server =
        Started.from(
            new SpringApplicationBuilder(Aviary.class),
            List.of(
                "--server.port=0",
                "--spring.datasource.url=jdbc:h2:mem:first-start",
                "--aviary.security.tokens[0].name=ci",
                "--aviary.security.tokens[0].role=viewer",
                "--aviary.security.tokens[0].value=first-start-token"))) {
      var web =
          Objects.requireNonNull(((ServletWebServerApplicationContext) server).getWebServer());

      var page = get("http://127.0.0.1:" + web.getPort() + "/");

      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body())
          .contains(
              "No application is configured yet",
              "webhook-secrets: [${WEBHOOK_SECRET}]",
              "http://localhost:8080/webhooks/github");
    }
  }

  @Test
  void aServerThatStartsWhileTheClusterIsAwayReleasesOnceThatIsBack() {
    var backend = SimulatedBackend.start(folder, Pace.BRISK);
    backend.cluster().away();
    try (var world = World.start(backend)) {
      backend.cluster().back();
      Scene scene = world.scene();
      backend.cluster().away();
      var run = scene.push(scene.commit(), "A good one").run();
      scene.awaitReason(run, "buildAppImage", backend.cluster().url());
      assertThat(scene.run(run).status()).isEqualTo("RUNNING");

      backend.cluster().back();

      var canary = scene.awaitEnd(run);
      assertThat(canary.status()).as(canary.reason()).isEqualTo("SUCCEEDED");
      assertThat(scene.awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
    }
  }

  private static HttpResponse<String> get(String url) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(url))
              .header("Authorization", "Bearer first-start-token")
              .header("Accept", "text/html")
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
