package io.aviary.gates;

import io.aviary.release.AviaryProperties;
import io.aviary.release.NetworkFaults;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Instant queries of the Prometheus HTTP API, which others speak, too. */
@Component
class Prometheus implements MetricsServer {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** A few thousand series; more is a query that somebody forgot to aggregate. */
  private static final long LARGEST = 1L << 20;

  private static final int LONGEST_REASON = 300;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final @Nullable URI url;
  private final Duration patience;
  private final HttpClient http;

  @Autowired
  Prometheus(AviaryProperties properties) {
    this(properties.prometheus().url(), PATIENCE);
  }

  /**
   * @param patience for all questions of a call together
   */
  Prometheus(@Nullable URI url, Duration patience) {
    this.url = url;
    this.patience = patience;
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(patience)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  @Override
  public List<Answer> ask(List<Question> questions) {
    if (url == null) {
      var none = new Failed("no metrics server is configured: set aviary.prometheus.url");
      return questions.stream().<Answer>map(_ -> none).toList();
    }
    var address = address(url);
    var end = System.nanoTime() + patience.toNanos();
    var sent = questions.stream().map(question -> send(url, question)).toList();
    var answers = new ArrayList<Answer>();
    for (var one : sent) {
      answers.add(await(one, address, end));
    }
    return answers;
  }

  private CompletableFuture<HttpResponse<String>> send(URI server, Question question) {
    var form =
        "query="
            + URLEncoder.encode(question.query(), StandardCharsets.UTF_8)
            + "&time="
            + seconds(question.time())
            + "&timeout="
            + Math.max(1, patience.toSeconds() - 1)
            + "s";
    var request =
        HttpRequest.newBuilder(URI.create(address(server) + "/api/v1/query"))
            .timeout(patience)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form));
    if (server.getUserInfo() != null) {
      request.header("Authorization", "Basic " + encoded(server.getUserInfo()));
    }
    return http.sendAsync(request.build(), BodyHandlers.limiting(BodyHandlers.ofString(), LARGEST));
  }

  private Answer await(CompletableFuture<HttpResponse<String>> sent, String address, long end) {
    try {
      var response = sent.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      return answer(response, address);
    } catch (TimeoutException e) {
      sent.cancel(true);
      return new Failed(address + " did not answer in time");
    } catch (ExecutionException e) {
      return new Failed(
          address + " did not answer: " + NetworkFaults.words(e.getCause(), patience, patience));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Failed(address + " was not waited for: this server stops");
    }
  }

  private static Answer answer(HttpResponse<String> response, String address) {
    JsonNode body;
    try {
      body = JSON.readTree(response.body());
    } catch (JacksonException e) {
      return new Failed(
          address + " answered " + response.statusCode() + ", and not as Prometheus does");
    }
    if (!body.path("status").asString("").equals("success")) {
      return new Failed(
          address
              + " answered "
              + response.statusCode()
              + ": "
              + shortened(body.path("error").asString("without a reason")));
    }
    var data = body.path("data");
    var type = data.path("resultType").asString("");
    try {
      return switch (type) {
        case "vector" ->
            new Series(
                data.path("result").valueStream().map(one -> value(one.path("value"))).toList());
        case "scalar" -> new Series(List.of(value(data.path("result"))));
        default ->
            new Failed(
                address + " answered with a " + type + "; the query must give a value at a moment");
      };
    } catch (NumberFormatException e) {
      return new Failed(
          address
              + " answered with what is no number: "
              + shortened(String.valueOf(e.getMessage())));
    }
  }

  /** The second of a pair of time and text. */
  private static double value(JsonNode pair) {
    var text = pair.path(1).asString("");
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** Without a password that the address may have in front. */
  private static String address(URI url) {
    var port = url.getPort() < 0 ? "" : ":" + url.getPort();
    var path = url.getPath() == null ? "" : url.getPath().replaceFirst("/+$", "");
    return url.getScheme() + "://" + url.getHost() + port + path;
  }

  private static String encoded(String userInfo) {
    return Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
  }

  private static String seconds(Instant time) {
    return time.getEpochSecond() + "." + "%03d".formatted(time.getNano() / 1_000_000);
  }

  private static String shortened(String text) {
    return text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) + "…" : text;
  }
}
