package io.aviary.simulation;

import io.aviary.simulation.Behaviour.Execution;
import io.aviary.simulation.Behaviour.Response;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The two test scripts of the example application, line by line in Java. */
final class ExampleTests {

  /** A script with the environment of its container. */
  interface Script {
    int run(Execution execution, Map<String, String> env) throws InterruptedException;
  }

  private ExampleTests() {}

  static Optional<Script> find(String name) {
    return switch (name) {
      case "canarytest.sh" -> Optional.of(ExampleTests::canaryTest);
      case "version_verify.sh" -> Optional.of(ExampleTests::versionVerify);
      default -> Optional.empty();
    };
  }

  private static int canaryTest(Execution execution, Map<String, String> env)
      throws InterruptedException {
    var host = env.getOrDefault("CANARY_HOST", "ornithology-canary");
    for (var attempt = 1; attempt <= 10; attempt++) {
      execution.log("ping " + attempt);
      if (execution.request("GET", host, "/ping", "") instanceof Response.Http http
          && http.body().equals("pong")) {
        break;
      }
      if (attempt == 10) {
        execution.log("no answer within 3 s");
        return 1;
      }
    }
    execution.pause(Duration.ofSeconds(1));
    var stored = curl(execution, "PUT", host, "/birds/canary", "7");
    if (stored.exitCode() != 0) {
      return stored.exitCode();
    }
    execution.log(stored.body());
    var read = curl(execution, "GET", host, "/birds/canary", "");
    if (!read.body().contains("\"seen\": 7")) {
      return 1;
    }
    execution.log(read.body());
    execution.log("canary is alive and healthy");
    return 0;
  }

  private static int versionVerify(Execution execution, Map<String, String> env)
      throws InterruptedException {
    var host = env.getOrDefault("PRODUCTION_HOST", "ornithology");
    var version = env.getOrDefault("VERSION", "");
    var fresh = 0;
    for (var request = 0; request < 200; request++) {
      var response = curl(execution, "GET", host, "/version", "");
      if (response.exitCode() != 0) {
        return response.exitCode();
      }
      fresh += response.body().equals(version) ? 1 : 0;
    }
    execution.pause(Duration.ofSeconds(2));
    execution.log("%d of 200 requests were served by %s".formatted(fresh, version));
    return fresh > 0 ? 0 : 1;
  }

  private record Curl(int exitCode, String body) {}

  /** As {@code curl -sS -f}. */
  private static Curl curl(
      Execution execution, String method, String host, String path, String body)
      throws InterruptedException {
    return switch (execution.request(method, host, path, body)) {
      case Response.Http http when http.status() < 400 -> new Curl(0, http.body());
      case Response.Http http -> {
        execution.log("curl: (22) The requested URL returned error: " + http.status());
        yield new Curl(22, "");
      }
      case Response.Failed failed -> {
        execution.log(failed.words());
        yield new Curl(failed.curl(), "");
      }
    };
  }
}
