package io.aviary.ops;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/**
 * A start whose classes a start cache is made of: on an empty database in memory, without any
 * configuration of this machine, with nothing to release, and open to this machine alone. It is
 * asked what a server is asked first, and ends.
 */
final class StartTraining {

  private static final List<String> SETTINGS =
      List.of(
          "--spring.config.location=classpath:/",
          "--spring.main.keep-alive=false",
          "--spring.datasource.url=jdbc:h2:mem:start;DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE",
          "--server.address=127.0.0.1",
          "--server.port=0");

  private static final List<String> QUESTIONS =
      List.of("/actuator/health/liveness", "/actuator/health/readiness", "/api/runs", "/");

  private StartTraining() {}

  static int run(Class<?> application) {
    try (var context = PreparedStart.of(application).run(SETTINGS.toArray(String[]::new));
        var client = HttpClient.newHttpClient()) {
      var port = context.getEnvironment().getRequiredProperty("local.server.port");
      for (var question : QUESTIONS) {
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + question)).build(),
            BodyHandlers.discarding());
      }
      return 0;
    } catch (IOException e) {
      System.err.println("The server did not answer: " + e);
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }
}
