package io.aviary.web.api;

import io.aviary.release.Deliveries;
import io.aviary.release.DeliveryFilter;
import io.aviary.release.DeliveryView;
import io.aviary.release.Page;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What GitHub sent, what was decided about it, and deciding again. */
@RestController
@RequestMapping("/api/deliveries")
class DeliveriesApi {

  private final Deliveries deliveries;

  DeliveriesApi(Deliveries deliveries) {
    this.deliveries = deliveries;
  }

  @GetMapping
  @Needs(Right.READ)
  Page<DeliveryView> search(
      @RequestParam(required = false) @Nullable String application,
      @RequestParam(required = false) DeliveryView.@Nullable Verdict verdict,
      @RequestParam(defaultValue = "0") @Min(0) @Max(10_000_000) int page,
      @RequestParam(defaultValue = "20") @Min(1) @Max(100) int size,
      Caller caller) {
    return deliveries.search(
        new DeliveryFilter(
            Given.text("application", application), verdict, caller.within(Right.READ)),
        page,
        size);
  }

  @GetMapping("/{id}")
  @Needs(Right.READ)
  DeliveryView find(@PathVariable String id, Caller caller) {
    return permitted(id, Right.READ, caller);
  }

  /** Byte for byte as it came in, which is JSON as far as GitHub keeps its word. */
  @GetMapping(path = "/{id}/body", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
  @Needs(Right.READ_BODIES)
  ResponseEntity<byte[]> body(@PathVariable String id, Caller caller) {
    permitted(id, Right.READ_BODIES, caller);
    var body = deliveries.body(id).orElseThrow(unknown("body of delivery", id));
    return ResponseEntity.ok()
        .header("Content-Disposition", "attachment; filename=\"delivery.json\"")
        .body(body);
  }

  @PostMapping("/{id}/replay")
  @Needs(Right.REPLAY)
  @ResponseStatus(HttpStatus.ACCEPTED)
  DeliveryView replay(@PathVariable String id, Caller caller) {
    permitted(id, Right.REPLAY, caller);
    return deliveries.replay(id, caller.actor());
  }

  private DeliveryView permitted(String id, Right right, Caller caller) {
    var delivery = deliveries.find(id).orElseThrow(unknown("delivery", id));
    caller.demandAll(right, delivery);
    return delivery;
  }

  private static Supplier<ReleaseRefusedException> unknown(String what, String id) {
    return () ->
        new ReleaseRefusedException(
            ReleaseRefusedException.Kind.UNKNOWN, "there is no " + what + " '" + id + "'");
  }
}
