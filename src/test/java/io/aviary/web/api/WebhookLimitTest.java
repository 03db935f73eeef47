package io.aviary.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.HmacSha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Whoever guesses the webhook's secret has to wait; whoever knows it has not. */
@SpringBootTest(
    classes = FreezeApiTest.Server.class,
    properties = {
      "spring.datasource.url=jdbc:h2:mem:webhook-limit",
      "aviary.security.limits.webhooks=5",
      "aviary.applications[0].name=birds",
      "aviary.applications[0].repository=otomato/birds",
      "aviary.applications[0].namespace=birds",
      "aviary.applications[0].webhook-secrets=between us",
    })
@AutoConfigureMockMvc
class WebhookLimitTest {

  private static final String PING =
      "{\"zen\": \"x\", \"repository\": {\"full_name\": \"otomato/birds\"}}";

  @Autowired MockMvcTester http;
  @Autowired FreezeApiTest.StandingClock clock;

  @Test
  void whoeverGuessesHasToWaitForAMinute() {
    for (var time = 1; time <= 20; time++) {
      assertThat(ping("192.0.2.1", "between us")).as("good ones cost nothing").hasStatusOk();
    }
    for (var guess = 1; guess <= 5; guess++) {
      assertThat(ping("192.0.2.1", "guess " + guess)).hasStatus(401);
    }

    assertThat(ping("192.0.2.1", "between us")).hasStatus(429).hasHeader("Retry-After", "60");
    assertThat(ping("192.0.2.2", "between us")).as("from elsewhere").hasStatusOk();

    clock.pass(Duration.ofMinutes(1));
    assertThat(ping("192.0.2.1", "between us")).hasStatusOk();
  }

  private MvcTestResult ping(String address, String secret) {
    return http.post()
        .uri("/webhooks/github")
        .contentType(MediaType.APPLICATION_JSON)
        .header("X-GitHub-Event", "ping")
        .header("X-GitHub-Delivery", "id")
        .header(
            "X-Hub-Signature-256",
            new HmacSha256(secret).header(PING.getBytes(StandardCharsets.UTF_8)))
        .content(PING)
        .with(
            it -> {
              it.setRemoteAddr(address);
              return it;
            })
        .exchange();
  }
}
