package io.aviary.webhook;

import io.aviary.release.DeliveryView.Verdict;
import io.aviary.webhook.RequestBody.Read;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code POST /webhooks/github}. Whoever does not know a secret learns nothing here, not even which
 * repositories are registered.
 */
@RestController
class WebhookController {

  private static final Logger log = LoggerFactory.getLogger(WebhookController.class);
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");
  private static final int LONGEST_ADDRESS = 100;
  private static final int LARGE_AT_ONCE = 4;

  /** What becomes of requests that are no delivery to anybody, or that cannot be stored. */
  private enum Fault {
    REFUSED,
    MALFORMED,
    UNREADABLE,
    TOO_LARGE,
    FAILED
  }

  private final Senders senders;
  private final IntakeLanes intake;
  private final InstantSource clock;

  /** All of them from the start: an increase from nothing to one is none. */
  private final Map<Enum<?>, Counter> counters;

  private final Semaphore large = new Semaphore(LARGE_AT_ONCE);

  WebhookController(
      Senders senders, IntakeLanes intake, InstantSource clock, MeterRegistry meters) {
    this.senders = senders;
    this.intake = intake;
    this.clock = clock;
    this.counters =
        Stream.<Enum<?>>concat(Stream.of(Verdict.values()), Stream.of(Fault.values()))
            .collect(Collectors.toUnmodifiableMap(it -> it, it -> counter(it, meters)));
  }

  @PostMapping("/webhooks/github")
  ResponseEntity<?> receive(HttpServletRequest request) throws IOException {
    if (isForm(request.getContentType())) {
      return problem(
          Fault.UNREADABLE,
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          "set the webhook's content type to application/json");
    }
    return switch (RequestBody.read(request, large)) {
      case Read.Whole(var body) -> {
        try (body) {
          yield receive(request, body.bytes());
        }
      }
      case Read.TooLarge() ->
          problem(
              Fault.TOO_LARGE,
              HttpStatus.CONTENT_TOO_LARGE,
              "a body may have at most " + RequestBody.MOST_BYTES + " bytes");
      case Read.Busy() ->
          later("too many large bodies are being read; nothing was stored, send it again");
    };
  }

  private ResponseEntity<?> receive(HttpServletRequest request, byte[] body) {
    var proof =
        Signature.parse(request.getHeader("X-Hub-Signature-256"))
            .map(signature -> senders.verify(body, signature))
            .orElse(null);
    if (proof == null) {
      return refused();
    }
    var event = request.getHeader("X-GitHub-Event");
    if (!isWord(event)) {
      return malformed("the header X-GitHub-Event is missing or odd");
    }
    var id = request.getHeader("X-GitHub-Delivery");
    if (!isWord(id)) {
      return malformed("the header X-GitHub-Delivery is missing or odd");
    }
    MDC.put("delivery", id);
    try {
      var payload = PayloadReader.read(body, event);
      var recipients = proof.recipients(payload.repository());
      if (recipients.isEmpty()) {
        return refused();
      }
      var delivery =
          new Delivery(
              id,
              event,
              payload.action(),
              payload.repository(),
              payload.sender(),
              payload.push(),
              clock.instant(),
              body.length,
              Texts.storableOrNull(request.getRemoteAddr(), LONGEST_ADDRESS));
      var answer = intake.receive(delivery, StoredBody.of(body), recipients);
      count(answer.verdict());
      tell(answer);
      return ResponseEntity.status(
              event.equals(Delivery.PING) ? HttpStatus.OK : HttpStatus.ACCEPTED)
          .contentType(MediaType.APPLICATION_JSON)
          .body(answer);
    } catch (MalformedPayloadException e) {
      return malformed(e.getMessage());
    } catch (FullIntakeException e) {
      return later("too many deliveries wait to be stored; nothing of this one was, send it again");
    } catch (DataAccessException | TransactionException e) {
      log.error("delivery {} could not be stored: {}", id, e.getMessage(), e);
      return later("the delivery could not be stored and nothing of it is left; send it again");
    } finally {
      MDC.remove("delivery");
    }
  }

  /** The one line in which the id of a delivery and those of its runs stand together. */
  private static void tell(Answer answer) {
    for (var entry : answer.applications()) {
      if (entry.run() != null && entry.verdict() == Verdict.ACCEPTED) {
        MDC.put("run", entry.run().toString());
        MDC.put("application", entry.name());
        log.info("delivery {} made run {} of {}", answer.delivery(), entry.run(), entry.name());
        MDC.remove("run");
        MDC.remove("application");
      }
    }
  }

  private static boolean isForm(@Nullable String contentType) {
    return contentType != null
        && contentType
            .toLowerCase(Locale.ROOT)
            .startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE);
  }

  private static boolean isWord(@Nullable String header) {
    return header != null && ID.matcher(header).matches();
  }

  /** One answer for all that a stranger may get wrong. */
  private ResponseEntity<ProblemDetail> refused() {
    return problem(
        Fault.REFUSED,
        HttpStatus.UNAUTHORIZED,
        "the body is not signed with a secret that is known for its repository");
  }

  private ResponseEntity<ProblemDetail> malformed(@Nullable String why) {
    return problem(Fault.MALFORMED, HttpStatus.BAD_REQUEST, why == null ? "malformed" : why);
  }

  private ResponseEntity<ProblemDetail> later(String why) {
    count(Fault.FAILED);
    return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.RETRY_AFTER, "5")
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, why));
  }

  private ResponseEntity<ProblemDetail> problem(Fault fault, HttpStatus status, String why) {
    count(fault);
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(ProblemDetail.forStatusAndDetail(status, why));
  }

  private void count(Enum<?> what) {
    Objects.requireNonNull(counters.get(what)).increment();
  }

  private static Counter counter(Enum<?> what, MeterRegistry meters) {
    return Counter.builder("aviary.deliveries")
        .description("Webhook requests by what became of them")
        .tag("verdict", what.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .register(meters);
  }
}
