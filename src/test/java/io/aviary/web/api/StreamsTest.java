package io.aviary.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.RunStatus;
import io.aviary.release.Runs;
import io.aviary.release.StepStatus;
import io.aviary.web.ExampleRuns;
import io.aviary.web.Stories;
import io.aviary.web.WebTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What is told while it happens; the reader of each stream is the test's own thread. */
@WebTest
@Timeout(60)
class StreamsTest {

  @Autowired Stories stories;
  @Autowired Runs runs;
  @LocalServerPort int port;

  private final HttpClient client = HttpClient.newHttpClient();
  private Stories.Story run;

  @BeforeEach
  void aRunUnderWay() {
    stories.forgetAll();
    run = new ExampleRuns(stories).running();
  }

  @AfterEach
  void away() {
    client.shutdownNow();
  }

  @Test
  void aLogIsTextAndGoesOnFromAnOffset() throws Exception {
    run.log("testCanary", "größer 🐦\n");

    var whole = get(log("")).body();
    var offset = whole.indexOf("ping 2");

    var answer = get(log("?offset=" + offset));
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValueSatisfying(
            type -> assertThat(type).isEqualToIgnoringCase("text/plain;charset=utf-8"));
    assertThat(answer.body()).isEqualTo("ping 2\ngrößer 🐦\n");
    assertThat(get(log("?offset=999999")).body()).isEmpty();
    assertThat(get(log("?offset=-1")).statusCode()).isEqualTo(400);
    assertThat(get("/api/runs/" + run.id() + "/steps/nothing/log").statusCode()).isEqualTo(404);
  }

  @Test
  void aFollowedLogEndsWithItsStep() throws Exception {
    try (var reader = open(log("?follow"), null)) {
      assertThat(reader.readLine()).isEqualTo("ping 1");
      assertThat(reader.readLine()).startsWith("curl:");
      assertThat(reader.readLine()).isEqualTo("ping 2");

      run.log("testCanary", "created\n");
      assertThat(reader.readLine()).isEqualTo("created");

      run.log("testCanary", "alive\n").stepBecomes("testCanary", StepStatus.SUCCEEDED, "exit 0");
      assertThat(reader.readLine()).isEqualTo("alive");
      assertThat(reader.readLine()).isNull();
    }
  }

  @Test
  void aFollowedLogEndsWhenItsRunIsRemoved() throws Exception {
    try (var reader = open(log("?follow"), null)) {
      reader.readLine();
      reader.readLine();
      assertThat(reader.readLine()).isEqualTo("ping 2");

      stories.forgetAll();
      assertThat(reader.readLine()).isNull();
    }
  }

  @Test
  void eventsTellWhatHappensUntilTheRunIsFinal() throws Exception {
    try (var reader = open(events(), null)) {
      var first = event(reader);
      assertThat(first).contains("event: run");
      assertThat(first.getLast()).startsWith("data: {\"id\":").contains("\"status\":\"RUNNING\"");
      skipTo(reader, "\"step\":\"testCanary\"");

      run.stepBecomes("testCanary", StepStatus.SUCCEEDED, "exit code 0");
      var step = event(reader);
      assertThat(step).contains("event: step");
      assertThat(step.getLast()).contains("testCanary", "SUCCEEDED", "exit code 0");

      run.become(RunStatus.SUCCEEDED, null);
      assertThat(event(reader)).contains("event: run");
      assertThat(event(reader)).contains("event: end");
      assertThat(reader.readLine()).isNull();
    }
  }

  @Test
  void eventsGoOnFromTheLastOneSeen() throws Exception {
    String id;
    try (var reader = open(events(), null)) {
      id = id(event(reader));
    }

    try (var reader = open(events(), id)) {
      var next = event(reader);
      assertThat(Long.parseLong(id(next))).isGreaterThan(Long.parseLong(id));
      assertThat(next.getLast()).contains("readSource");
    }
  }

  @Test
  void whoHasSeenAllOfAFinalRunNeedNotComeAgain() throws Exception {
    run.become(RunStatus.CANCELLED, "enough");

    String last = "";
    try (var reader = open(events(), null)) {
      for (var event = event(reader); !event.contains("event: end"); event = event(reader)) {
        last = id(event);
      }
    }

    assertThat(send(events(), last).statusCode()).isEqualTo(204);
  }

  /** What happened between a list and its stream. */
  @Test
  void aListIsToldWhatHappenedSinceItWasMade() throws Exception {
    var made = runs.version();
    run.stepBecomes("testCanary", StepStatus.SUCCEEDED, "exit code 0");

    try (var list = open("/runs/events?after=" + made, null)) {
      assertThat(event(list)).contains("event: change");
    }
  }

  /** Servers that share a database hear nothing of each other: they look. */
  @Test
  void whatAnotherServerDidIsToldToo() throws Exception {
    var another = run.byAnotherServer();
    try (var events = open(events(), null);
        var log = open(log("?follow"), null);
        var list = open("/runs/events", null)) {
      skipTo(events, "\"step\":\"testCanary\"");
      assertThat(log.readLine()).isEqualTo("ping 1");
      assertThat(log.readLine()).startsWith("curl:");
      assertThat(log.readLine()).isEqualTo("ping 2");

      another.log("testCanary", "created\n");
      assertThat(log.readLine()).isEqualTo("created");
      another.stepBecomes("testCanary", StepStatus.SUCCEEDED, "exit code 0");
      assertThat(event(events).getLast()).contains("testCanary", "SUCCEEDED");
      assertThat(event(list)).contains("event: change");
      assertThat(log.readLine()).isNull();
    }
  }

  // ----

  private String log(String query) {
    return "/api/runs/" + run.id() + "/steps/testCanary/log" + query;
  }

  private String events() {
    return "/api/runs/" + run.id() + "/events";
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> send(String path, String lastEvent)
      throws IOException, InterruptedException {
    return client.send(
        request(path).header("Last-Event-ID", lastEvent).build(), BodyHandlers.ofString());
  }

  private BufferedReader open(String path, @org.jspecify.annotations.Nullable String lastEvent)
      throws IOException, InterruptedException {
    var request = request(path);
    if (lastEvent != null) {
      request.header("Last-Event-ID", lastEvent);
    }
    var answer = client.send(request.build(), BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
        .header("Authorization", "Bearer viewer-token");
  }

  /** The lines of the next event. */
  private static List<String> event(BufferedReader reader) throws IOException {
    while (true) {
      var lines = new ArrayList<String>();
      for (var line = reader.readLine();
          line != null && !line.isEmpty();
          line = reader.readLine()) {
        lines.add(line);
      }
      if (lines.stream().anyMatch(line -> line.startsWith("event:"))) {
        return lines;
      }
    }
  }

  private static void skipTo(BufferedReader reader, String text) throws IOException {
    var found = false;
    while (!found) {
      found = event(reader).getLast().contains(text);
    }
  }

  private static String id(List<String> event) {
    return event.getFirst().substring("id: ".length());
  }
}
