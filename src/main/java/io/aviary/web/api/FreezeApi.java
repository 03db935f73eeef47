package io.aviary.web.api;

import io.aviary.release.Applications;
import io.aviary.release.Freeze;
import io.aviary.release.Freezes;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.WeeklySpan;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Freezing an application, or everything: nothing new starts, and what runs goes on. */
@RestController
class FreezeApi {

  private final Freezes freezes;
  private final Applications applications;

  FreezeApi(Freezes freezes, Applications applications) {
    this.freezes = freezes;
    this.applications = applications;
  }

  /**
   * How to freeze.
   *
   * @param until null: until somebody ends it
   * @param weekly only in these parts of each week; null or empty: all the time
   */
  record Wanted(
      @NotBlank @Size(max = 2000) String reason,
      @Nullable Instant until,
      @Nullable @Size(max = 20) List<@NotNull WeeklySpan> weekly) {

    /** Checked before, so it is there. */
    String why() {
      return Objects.requireNonNull(Given.text("reason", reason));
    }

    List<WeeklySpan> spans() {
      return weekly == null ? List.of() : weekly;
    }
  }

  /** All that are set, active now or not; that of everything has no application. */
  @GetMapping("/api/freeze")
  @Needs(Right.READ)
  List<Freeze> all(Caller caller) {
    return freezes.all().stream()
        .filter(it -> it.application() == null || caller.may(Right.READ, it.application()))
        .toList();
  }

  @PutMapping("/api/freeze")
  @Needs(Right.FREEZE)
  Freeze everything(@Valid @RequestBody Wanted wanted, Caller caller) {
    caller.demand(Right.FREEZE, null);
    return freezes.set(null, wanted.why(), wanted.until(), wanted.spans(), caller.actor());
  }

  @DeleteMapping("/api/freeze")
  @Needs(Right.FREEZE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void thawEverything(Caller caller) {
    caller.demand(Right.FREEZE, null);
    if (!freezes.end(null)) {
      throw none("everything");
    }
  }

  @PutMapping("/api/applications/{name}/freeze")
  @Needs(Right.FREEZE)
  Freeze one(@PathVariable String name, @Valid @RequestBody Wanted wanted, Caller caller) {
    return freezes.set(
        known(name, caller), wanted.why(), wanted.until(), wanted.spans(), caller.actor());
  }

  @DeleteMapping("/api/applications/{name}/freeze")
  @Needs(Right.FREEZE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void thawOne(@PathVariable String name, Caller caller) {
    if (!freezes.end(known(name, caller))) {
      throw none(name);
    }
  }

  private String known(String name, Caller caller) {
    var application =
        applications.find(name).orElseThrow(() -> ReleaseRefusedException.unknownApplication(name));
    caller.demand(Right.FREEZE, name);
    return application.name();
  }

  private static ReleaseRefusedException none(String what) {
    return new ReleaseRefusedException(
        ReleaseRefusedException.Kind.UNKNOWN, what + " is not frozen");
  }
}
