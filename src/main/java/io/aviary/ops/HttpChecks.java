package io.aviary.ops;

import io.aviary.release.ConnectionCheck;
import io.aviary.release.LiveConfiguration;
import io.aviary.release.NetworkFaults;
import io.aviary.release.Urls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Whether Prometheus and GitHub answer, and whether the token may read each repository. */
@Component
@Order(5)
class HttpChecks implements ConnectionCheck {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private final LiveConfiguration configuration;

  HttpChecks(LiveConfiguration configuration) {
    this.configuration = configuration;
  }

  @Override
  public List<Finding> check() {
    var findings = new ArrayList<Finding>();
    try (var http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      findings.add(prometheus(http));
      var repositories = new TreeSet<String>();
      configuration.current().applications().forEach(it -> repositories.add(it.repository()));
      repositories.forEach(repository -> findings.add(github(http, repository)));
    }
    return findings;
  }

  /** Whether a server of Aviary's is ready at an address. */
  static Finding server(String url) {
    try (var http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      var answer = get(http, Urls.below(URI.create(url), "/actuator/health/readiness"), null);
      return answer.code() == 200
          ? Finding.good("server", "is ready at " + url)
          : Finding.bad("server", answer.words() + " at " + url + ": see its log");
    } catch (IllegalArgumentException e) {
      return Finding.bad("server", url + " is no address: " + e.getMessage());
    }
  }

  private Finding prometheus(HttpClient http) {
    var url = configuration.current().prometheus().url();
    if (url == null) {
      return Finding.unused("prometheus", "aviary.prometheus.url is not set: no metrics in gates");
    }
    var answer = get(http, Urls.below(url, "/api/v1/query?query=vector(1)"), null);
    return answer.code() == 200 && answer.body().contains("\"success\"")
        ? Finding.good("prometheus", "answers queries at " + url)
        : Finding.bad(
            "prometheus", answer.words() + " from " + url + ": check aviary.prometheus.url");
  }

  private Finding github(HttpClient http, String repository) {
    var github = configuration.current().github();
    var subject = "github " + repository;
    var token = github.token();
    var answer = get(http, Urls.below(github.apiUrl(), "/repos/" + repository), token);
    return switch (answer.code()) {
      case 200 ->
          Finding.good(subject, token == null ? "can be read, without a token" : "can be read");
      case 401 ->
          Finding.bad(subject, "the token is not accepted (401): renew aviary.github.token");
      case 403, 404 ->
          Finding.bad(
              subject,
              answer.words()
                  + ": the repository is not there, or aviary.github.token may not read it");
      default -> Finding.bad(subject, answer.words() + ": check aviary.github.api-url");
    };
  }

  /** An answer, or, with code 0, why there is none. */
  private record Answer(int code, String body) {
    String words() {
      return code == 0 ? body : "it answered " + code;
    }
  }

  private static Answer get(HttpClient http, URI uri, @Nullable String token) {
    var request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).header("Accept", "application/json");
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body());
    } catch (IOException e) {
      return new Answer(0, NetworkFaults.words(e, TIMEOUT, TIMEOUT));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer(0, "interrupted");
    }
  }
}
