package io.aviary.web.security;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.DeliveryView.Verdict;
import io.aviary.web.ExampleRuns;
import io.aviary.web.FakeDeliveries;
import io.aviary.web.Stories;
import io.aviary.web.WebTest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every address that the server has, and the least role that it lets in. */
@WebTest
class RightsTest {

  /** The table of rights. What is not in it fails the test, also something new. */
  private static final String TABLE =
      """
      DELETE /nothing: viewer
      GET /: viewer
      GET /actuator/health/liveness: anybody
      GET /actuator/health/readiness: anybody
      GET /actuator/health: viewer
      GET /actuator/info: admin
      GET /actuator/prometheus: viewer
      GET /actuator: admin
      DELETE /api/applications/{name}/freeze: operator
      DELETE /api/freeze: operator
      DELETE /api/tokens/{id}: viewer
      GET /api/applications/{name}/proposal: viewer
      GET /api/applications/{name}: viewer
      GET /api/applications: viewer
      GET /api/audit: admin
      GET /api/deliveries/{id}/body: admin
      GET /api/deliveries/{id}: viewer
      GET /api/deliveries: viewer
      GET /api/freeze: viewer
      GET /api/nothing: viewer
      GET /api/runs/{id}/events: viewer
      GET /api/runs/{id}/records: viewer
      GET /api/runs/{id}/steps/{name}/log: viewer
      GET /api/runs/{id}: viewer
      GET /api/runs: viewer
      GET /api/tokens: viewer
      GET /applications/{name}/badge.svg: viewer
      GET /applications/{name}/proposal: viewer
      GET /applications/{name}: viewer
      GET /assets/aviary.css: anybody
      GET /audit: admin
      GET /deliveries/{id}: viewer
      GET /deliveries: viewer
      GET /error: viewer
      GET /login: anybody
      GET /nothing: viewer
      GET /runs/events: viewer
      GET /runs/{id}/pods: viewer
      GET /runs/{id}/steps/{name}/log: viewer
      GET /runs/{id}: viewer
      GET /runs: viewer
      GET /system: admin
      GET /tokens: viewer
      GET /v3/api-docs.yaml: viewer
      GET /v3/api-docs: viewer
      GET /webjars/htmx.org/dist/htmx.min.js: anybody
      POST /api/applications/{name}/webhook: admin
      POST /api/deliveries/{id}/replay: operator
      POST /api/import/codefresh: viewer
      POST /api/runs/{id}/approve: operator
      POST /api/runs/{id}/cancel: operator
      POST /api/runs/{id}/judge: viewer
      POST /api/runs/{id}/pause: operator
      POST /api/runs/{id}/promote: operator
      POST /api/runs/{id}/reject: operator
      POST /api/runs/{id}/resume: operator
      POST /api/runs/{id}/retry: operator
      POST /api/runs: operator
      POST /api/tokens: viewer
      POST /applications/{name}/freeze: operator
      POST /applications/{name}/thaw: operator
      POST /applications/{name}/webhook: admin
      POST /deliveries/{id}/replay: operator
      POST /runs/{id}/approve: operator
      POST /runs/{id}/cancel: operator
      POST /runs/{id}/pause: operator
      POST /runs/{id}/promote: operator
      POST /runs/{id}/reject: operator
      POST /runs/{id}/resume: operator
      POST /runs/{id}/retry: operator
      POST /runs: operator
      POST /tokens/{id}/revoke: viewer
      POST /tokens: viewer
      POST /webhooks/github: anybody
      PUT /api/applications/{name}/freeze: operator
      PUT /api/freeze: operator
      """;

  private static final List<String> NOT_HANDLERS_OF_OURS =
      List.of(
          "GET /assets/aviary.css",
          "GET /webjars/htmx.org/dist/htmx.min.js",
          "GET /actuator",
          "GET /actuator/health",
          "GET /actuator/health/liveness",
          "GET /actuator/health/readiness",
          "GET /actuator/prometheus",
          "GET /actuator/info",
          "GET /nothing",
          "DELETE /nothing",
          "GET /api/nothing",
          "POST /webhooks/github");

  /** Streams without an end of their own: whoever is let in is not let go. */
  private static final List<String> ENDLESS = List.of("GET /runs/events");

  @Autowired MockMvcTester http;
  @Autowired Stories stories;
  @Autowired FakeDeliveries deliveries;

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  RequestMappingHandlerMapping handlers;

  @Test
  void theTableIsWhatTheServerDoes() {
    stories.forgetAll();
    var id = new ExampleRuns(stories).rolledBack().id();
    deliveries.add("d-1", Verdict.IGNORED, "another branch", null);

    var found = new TreeMap<String, String>();
    for (var endpoint : endpoints()) {
      if (ENDLESS.contains(endpoint)) {
        found.put(endpoint, leastRefused(endpoint, id));
        continue;
      }
      found.put(endpoint, least(endpoint, id));
    }

    assertThat(
            found.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .sorted()
                .collect(joining("\n", "", "\n")))
        .isEqualTo(TABLE.lines().sorted().collect(joining("\n", "", "\n")));
  }

  private List<String> endpoints() {
    var all = new java.util.ArrayList<>(NOT_HANDLERS_OF_OURS);
    handlers
        .getHandlerMethods()
        .forEach(
            (mapping, handler) -> {
              var methods = mapping.getMethodsCondition().getMethods();
              for (var path : mapping.getPatternValues()) {
                if (methods.isEmpty()) {
                  all.add("GET " + path);
                }
                methods.forEach(method -> all.add(method + " " + path.replace(":\\d{1,18}", "")));
              }
            });
    return all.stream().distinct().sorted().toList();
  }

  private String least(String endpoint, long run) {
    for (var role : List.of("anybody", "viewer", "operator", "admin")) {
      if (letIn(exchange(endpoint, run, role.equals("anybody") ? null : role))) {
        return role;
      }
    }
    return "nobody";
  }

  private String leastRefused(String endpoint, long run) {
    return letIn(exchange(endpoint, run, null)) ? "anybody" : "viewer";
  }

  /** 404, 409 or 400 come from behind the door. */
  private static boolean letIn(MvcTestResult answer) {
    var status = answer.getResponse().getStatus();
    var location = answer.getResponse().getHeader("Location");
    return status != 401
        && status != 403
        && !(status == 302 && location != null && location.endsWith("/login"));
  }

  private MvcTestResult exchange(String endpoint, long run, @Nullable String role) {
    var parts = endpoint.split(" ", 2);
    var values =
        Map.of(
            "{id}",
            parts[1].contains("deliveries") ? "d-1" : String.valueOf(run),
            "{name}",
            parts[1].contains("steps") ? "verifyCanaryInProd" : "ornithology");
    var path = parts[1];
    for (var value : values.entrySet()) {
      path = path.replace(value.getKey(), value.getValue());
    }
    var request =
        http.method(HttpMethod.valueOf(parts[0]))
            .uri(path)
            .contentType(
                path.startsWith("/api/")
                    ? MediaType.APPLICATION_JSON
                    : MediaType.APPLICATION_FORM_URLENCODED);
    if (role != null) {
      request.header(HttpHeaders.AUTHORIZATION, "Bearer " + role + "-token");
    }
    return request.exchange();
  }
}
