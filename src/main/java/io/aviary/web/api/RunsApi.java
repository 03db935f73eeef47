package io.aviary.web.api;

import io.aviary.release.Applications;
import io.aviary.release.Interventions;
import io.aviary.release.Page;
import io.aviary.release.PipelineName;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Releases;
import io.aviary.release.RunFilter;
import io.aviary.release.RunRecord;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.release.Trigger;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Runs: to find them, start them and steer them. */
@RestController
@RequestMapping("/api/runs")
class RunsApi {

  private final Runs runs;
  private final Releases releases;
  private final Interventions interventions;
  private final Applications applications;
  private final RequestedRevision revisions;

  RunsApi(
      Runs runs,
      Releases releases,
      Interventions interventions,
      Applications applications,
      RequestedRevision revisions) {
    this.runs = runs;
    this.releases = releases;
    this.interventions = interventions;
    this.applications = applications;
    this.revisions = revisions;
  }

  @GetMapping
  @Needs(Right.READ)
  Page<RunView> search(
      @RequestParam(required = false) @Nullable String application,
      @RequestParam(required = false) @Nullable PipelineName pipeline,
      @RequestParam(required = false) @Nullable RunStatus status,
      @RequestParam(required = false) @Nullable String branch,
      @RequestParam(required = false)
          @Pattern(regexp = "[0-9a-fA-F]{0,64}", message = "must be the beginning of a revision")
          @Nullable String revision,
      @RequestParam(required = false) @Nullable String author,
      @RequestParam(name = "q", required = false) @Nullable String text,
      @RequestParam(required = false) @Nullable Instant from,
      @RequestParam(required = false) @Nullable Instant to,
      @RequestParam(defaultValue = "0") @Min(0) @Max(10_000_000) int page,
      @RequestParam(defaultValue = "20") @Min(1) @Max(100) int size,
      Caller caller) {
    return runs.search(
        new RunFilter(
            Given.text("application", application),
            pipeline,
            status,
            Given.text("branch", branch),
            Given.text("revision", revision),
            Given.text("author", author),
            Given.text("q", text),
            from,
            to,
            caller.within(Right.READ)),
        page,
        size);
  }

  @GetMapping("/{id}")
  @Needs(Right.READ)
  RunView find(@PathVariable long id, Caller caller) {
    return readable(id, caller);
  }

  @GetMapping("/{id}/records")
  @Needs(Right.READ)
  List<RunRecord> records(
      @PathVariable long id, @RequestParam(defaultValue = "0") @Min(0) long after, Caller caller) {
    readable(id, caller);
    return runs.records(id, after);
  }

  /**
   * What to release.
   *
   * @param revision at least seven digits of it; null: the branch's head
   * @param pipeline null: canary
   */
  record Start(
      @NotBlank String application,
      @Nullable @Pattern(regexp = "[0-9a-fA-F]{7,40}", message = "must be 7 to 40 hex digits")
          String revision,
      @Nullable PipelineName pipeline) {}

  @PostMapping
  @Needs(Right.TRIGGER)
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<RunView> start(@Valid @RequestBody Start start, Caller caller) {
    var application =
        applications
            .find(start.application())
            .orElseThrow(
                () ->
                    new ReleaseRefusedException(
                        ReleaseRefusedException.Kind.UNPROCESSABLE,
                        "no application '" + start.application() + "' is configured"));
    caller.demand(Right.TRIGGER, application.name());
    var revision = revisions.of(application, start.revision());
    var run =
        start.pipeline() == PipelineName.PRODUCTION
            ? releases.startProduction(application, revision, caller.actor())
            : releases.startCanary(
                application, revision, Trigger.PERSON, caller.actor(), null, null);
    return ResponseEntity.created(URI.create("/api/runs/" + run.id())).body(run);
  }

  /** Why somebody does something. */
  record Comment(@Nullable @Size(max = 2000) String comment) {
    static @Nullable String of(@Nullable Comment body) {
      return body == null ? null : Given.text("comment", body.comment());
    }
  }

  /**
   * What somebody says about a gate.
   *
   * @param gate null: whichever waits
   */
  record Decision(
      @Nullable @Size(max = 200) String gate, @Nullable @Size(max = 2000) String comment) {
    private static final Decision EMPTY = new Decision(null, null);

    static Decision of(@Nullable Decision body) {
      return body == null
          ? EMPTY
          : new Decision(Given.text("gate", body.gate()), Given.text("comment", body.comment()));
    }
  }

  @PostMapping("/{id}/cancel")
  @Needs(Right.CANCEL)
  @ResponseStatus(HttpStatus.ACCEPTED)
  RunView cancel(
      @PathVariable long id,
      @Valid @RequestBody(required = false) @Nullable Comment body,
      Caller caller) {
    caller.demand(Right.CANCEL, readable(id, caller).application());
    return interventions.cancel(id, caller.actor(), Comment.of(body));
  }

  @PostMapping("/{id}/approve")
  @Needs(Right.APPROVE)
  @ResponseStatus(HttpStatus.ACCEPTED)
  RunView approve(
      @PathVariable long id,
      @Valid @RequestBody(required = false) @Nullable Decision body,
      Caller caller) {
    caller.demand(Right.APPROVE, readable(id, caller).application());
    var decision = Decision.of(body);
    return interventions.approve(id, decision.gate(), caller.actor(), decision.comment());
  }

  @PostMapping("/{id}/reject")
  @Needs(Right.APPROVE)
  @ResponseStatus(HttpStatus.ACCEPTED)
  RunView reject(
      @PathVariable long id,
      @Valid @RequestBody(required = false) @Nullable Decision body,
      Caller caller) {
    caller.demand(Right.APPROVE, readable(id, caller).application());
    var decision = Decision.of(body);
    return interventions.reject(id, decision.gate(), caller.actor(), decision.comment());
  }

  @PostMapping("/{id}/promote")
  @Needs(Right.PROMOTE)
  @ResponseStatus(HttpStatus.ACCEPTED)
  RunView promote(
      @PathVariable long id,
      @Valid @RequestBody(required = false) @Nullable Comment body,
      Caller caller) {
    caller.demand(Right.PROMOTE, readable(id, caller).application());
    return interventions.promote(id, caller.actor(), Comment.of(body));
  }

  @PostMapping("/{id}/pause")
  @Needs(Right.PAUSE)
  @ResponseStatus(HttpStatus.ACCEPTED)
  RunView pause(
      @PathVariable long id,
      @Valid @RequestBody(required = false) @Nullable Comment body,
      Caller caller) {
    caller.demand(Right.PAUSE, readable(id, caller).application());
    return interventions.pause(id, caller.actor(), Comment.of(body));
  }

  @PostMapping("/{id}/resume")
  @Needs(Right.PAUSE)
  @ResponseStatus(HttpStatus.ACCEPTED)
  RunView resume(
      @PathVariable long id,
      @Valid @RequestBody(required = false) @Nullable Comment body,
      Caller caller) {
    caller.demand(Right.PAUSE, readable(id, caller).application());
    return interventions.resume(id, caller.actor(), Comment.of(body));
  }

  @PostMapping("/{id}/retry")
  @Needs(Right.RETRY)
  @ResponseStatus(HttpStatus.ACCEPTED)
  ResponseEntity<RunView> retry(
      @PathVariable long id,
      @Valid @RequestBody(required = false) @Nullable Comment body,
      Caller caller) {
    caller.demand(Right.RETRY, readable(id, caller).application());
    var run = releases.retry(id, caller.actor(), Comment.of(body));
    return ResponseEntity.accepted().location(URI.create("/api/runs/" + run.id())).body(run);
  }

  private RunView readable(long id, Caller caller) {
    var run = runs.find(id).orElseThrow(() -> ReleaseRefusedException.unknownRun(id));
    caller.demand(Right.READ, run.application());
    return run;
  }
}
