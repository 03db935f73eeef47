package io.aviary.github;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.AviaryProperties;
import io.aviary.release.PipelineName;
import io.aviary.release.RunFilter;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.release.StepStatus;
import io.aviary.release.StepView;
import io.aviary.release.Urls;
import io.aviary.release.masking.Masking;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.kohsuke.github.GHCommitState;
import org.kohsuke.github.GHDeploymentState;
import org.kohsuke.github.GHException;
import org.kohsuke.github.GHIssueComment;
import org.kohsuke.github.GHPullRequest;
import org.kohsuke.github.GHRepository;
import org.kohsuke.github.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends reports that are due. Each tells the run as it is when it is sent, and only if that is not
 * what was said last, so that GitHub hears the newest state, once, whatever was repeated or late.
 * After an attempt whose end nobody knows GitHub is asked first what it has heard.
 */
final class Reporter {

  private static final Logger log = LoggerFactory.getLogger(Reporter.class);
  private static final String TASK = "deploy";
  private static final int LONGEST_DESCRIPTION = 140;
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);

  /** What GitHub does not take for a day it will not take. */
  private static final Duration PATIENCE = Duration.ofDays(1);

  private static final int AT_ONCE = 50;

  private final Reports reports;
  private final Connections connections;
  private final Told told;
  private final Runs runs;
  private final Applications applications;
  private final AviaryProperties server;
  private final Masking masking;
  private final InstantSource clock;

  Reporter(
      Reports reports,
      Connections connections,
      Told told,
      Runs runs,
      Applications applications,
      AviaryProperties server,
      Masking masking,
      InstantSource clock) {
    this.reports = reports;
    this.connections = connections;
    this.told = told;
    this.runs = runs;
    this.applications = applications;
    this.server = server;
    this.masking = masking;
    this.clock = clock;
  }

  /**
   * Sends what is due now.
   *
   * @return whether there may be more
   */
  boolean sendDue() {
    var due = reports.due(clock.instant(), AT_ONCE);
    for (var report : due) {
      if (reports.take(report, clock.instant())) {
        send(report);
      }
    }
    return due.size() == AT_ONCE;
  }

  private void send(Report report) {
    try {
      var run = runs.find(report.run());
      var application = run.flatMap(it -> applications.find(it.application()));
      if (run.isEmpty() || application.isEmpty()) {
        reports.sent(report, report.said(), report.remoteId(), clock.instant());
        return;
      }
      tell(report, run.get(), application.get());
    } catch (IOException | GHException e) {
      failed(report, e);
    } catch (RuntimeException e) {
      log.error("the report {} of run {} failed", report.kind(), report.run(), e);
      failed(report, e);
    }
  }

  private void tell(Report report, RunView run, ApplicationProperties application)
      throws IOException {
    try {
      switch (report.kind()) {
        case STATUS -> status(report, run, application);
        case DEPLOYMENT -> deployment(report, run, application);
        case COMMENT -> comment(report, run, application);
      }
    } catch (IOException | GHException e) {
      connections.forget(application);
      throw e;
    }
  }

  // ---- the commit's status

  private void status(Report report, RunView run, ApplicationProperties application)
      throws IOException {
    var state = state(run.status());
    var words = cut(words(run), LONGEST_DESCRIPTION);
    var says = state + " " + words;
    if (report.isSaid(says) || !isNewestOfItsCommit(run)) {
      reports.sent(report, says, null, clock.instant());
      return;
    }
    var context = "aviary/" + application.name() + "/" + run.pipeline().word();
    var repository = connections.repository(application);
    if (!report.mayHaveSaidMore()
        || !told.isStatus(
            application,
            repository.getFullName(),
            run.revision(),
            context,
            new Told.Saying(word(state), words, address(run)))) {
      var _ = repository.createCommitStatus(run.revision(), state, address(run), words, context);
    }
    reports.sent(report, says, null, clock.instant());
  }

  /** A retry's status must not be overwritten by a late one of the run before. */
  private boolean isNewestOfItsCommit(RunView run) {
    var newest =
        runs.search(
            new RunFilter(
                run.application(),
                run.pipeline(),
                null,
                null,
                run.revision(),
                null,
                null,
                null,
                null),
            0,
            1);
    return newest.items().isEmpty() || newest.items().getFirst().id() == run.id();
  }

  private static GHCommitState state(RunStatus status) {
    return switch (status) {
      case QUEUED, RUNNING, WAITING -> GHCommitState.PENDING;
      case SUCCEEDED -> GHCommitState.SUCCESS;
      case ROLLED_BACK, FAILED -> GHCommitState.FAILURE;
      case CANCELLED, SUPERSEDED -> GHCommitState.ERROR;
    };
  }

  // ---- the deployment

  private void deployment(Report report, RunView run, ApplicationProperties application)
      throws IOException {
    var state = deploymentState(run.status());
    var words = cut(words(run), LONGEST_DESCRIPTION);
    var says = state + " " + words;
    if (report.isSaid(says)) {
      reports.sent(report, says, report.remoteId(), clock.instant());
      return;
    }
    var repository = connections.repository(application);
    var id = report.remoteId();
    if (id == null) {
      id = deploymentOf(run, application, repository);
      reports.remember(report, id);
    }
    var live = run.status() == RunStatus.SUCCEEDED ? live(run.application()) : List.<RunView>of();
    var successor =
        live.stream().filter(it -> it.id() > run.id() && isToldLive(it)).reduce((a, b) -> b);
    var isUnsure = report.mayHaveSaidMore();
    if (successor.isPresent()) {
      // So late that another one is live: the newest is that this one is not.
      inactive(application, repository, id, successor.get(), true);
    } else {
      var saying = new Told.Saying(word(state), words, address(run));
      tellDeployment(application, repository, id, state, saying, isUnsure);
      var before =
          live.stream()
              .map(RunView::id)
              .filter(it -> it < run.id())
              .flatMap(it -> reports.remoteId(it, Report.Kind.DEPLOYMENT).stream())
              .findFirst();
      if (before.isPresent()) {
        inactive(application, repository, before.get(), run, isUnsure);
      }
    }
    reports.sent(report, says, id, clock.instant());
  }

  /**
   * @param isUnsure GitHub may have heard it already
   */
  private void tellDeployment(
      ApplicationProperties application,
      GHRepository repository,
      long id,
      GHDeploymentState state,
      Told.Saying saying,
      boolean isUnsure)
      throws IOException {
    if (isUnsure && told.isDeploymentStatus(application, repository.getFullName(), id, saying)) {
      return;
    }
    var status = repository.getDeployment(id).createStatus(state).description(saying.description());
    var _ =
        (saying.url().isEmpty() ? status : status.logUrl(saying.url()).autoInactive(true)).create();
  }

  /** Made now, or by somebody who had no time left to take down that it was made. */
  private long deploymentOf(RunView run, ApplicationProperties application, GHRepository repository)
      throws IOException {
    var address = address(run);
    for (var there : repository.listDeployments(run.revision(), null, TASK, application.name())) {
      if (run.revision().equals(there.getSha())
          && address.equals(there.getPayloadObject())
          && application.name().equals(there.getEnvironment())) {
        return there.getId();
      }
    }
    return repository
        .createDeployment(run.revision())
        .task(TASK)
        .environment(application.name())
        .description("Aviary run " + run.id())
        .payload(address)
        .productionEnvironment(true)
        // The gates have decided; GitHub must neither merge nor ask for its own checks.
        .autoMerge(false)
        .requiredContexts(List.of())
        .create()
        .getId();
  }

  /** {@code auto_inactive} leaves production environments out. */
  private void inactive(
      ApplicationProperties application,
      GHRepository repository,
      long id,
      RunView successor,
      boolean isUnsure)
      throws IOException {
    var state = GHDeploymentState.INACTIVE;
    var saying = new Told.Saying(word(state), "replaced by " + successor.shortRevision(), "");
    tellDeployment(application, repository, id, state, saying, isUnsure);
  }

  private boolean isToldLive(RunView run) {
    return reports
        .said(run.id(), Report.Kind.DEPLOYMENT)
        .filter(said -> said.startsWith(GHDeploymentState.SUCCESS + " "))
        .isPresent();
  }

  /** The last production runs that succeeded, the newest first. */
  private List<RunView> live(String application) {
    return runs.search(
            new RunFilter(
                application,
                PipelineName.PRODUCTION,
                RunStatus.SUCCEEDED,
                null,
                null,
                null,
                null,
                null,
                null),
            0,
            5)
        .items();
  }

  /** Not {@code in_progress}: the library says it in a way that GitHub's documents do not list. */
  private static GHDeploymentState deploymentState(RunStatus status) {
    return switch (status) {
      case QUEUED -> GHDeploymentState.QUEUED;
      case RUNNING, WAITING -> GHDeploymentState.PENDING;
      case SUCCEEDED -> GHDeploymentState.SUCCESS;
      case ROLLED_BACK, FAILED -> GHDeploymentState.FAILURE;
      case CANCELLED, SUPERSEDED -> GHDeploymentState.ERROR;
    };
  }

  // ---- the comment

  private void comment(Report report, RunView run, ApplicationProperties application)
      throws IOException {
    var marker = "<!-- aviary:" + application.name() + " -->";
    var says = marker + "\n" + story(run);
    if (report.isSaid(says)) {
      reports.sent(report, says, report.remoteId(), clock.instant());
      return;
    }
    var repository = connections.repository(application);
    var request = pullRequest(repository, run.revision());
    Long id = null;
    if (request != null) {
      id = kept(request, marker, says);
      if (id == null) {
        id = request.comment(says).getId();
      }
    }
    reports.sent(report, says, id, clock.instant());
  }

  private static @Nullable GHPullRequest pullRequest(GHRepository repository, String revision)
      throws IOException {
    try {
      for (var request : repository.getCommit(revision).listPullRequests()) {
        return request;
      }
    } catch (FileNotFoundException e) {
      // Neither the commit nor pull requests are known there.
    } catch (GHException e) {
      if (!(e.getCause() instanceof FileNotFoundException)) {
        throw e;
      }
    } catch (HttpException e) {
      // 422: no commit of that name. 200: a document that the library cannot read, as from a server
      // that only stands in for GitHub.
      if (!List.of(200, 404, 422).contains(e.getResponseCode())) {
        throw e;
      }
    }
    return null;
  }

  /**
   * Brings Aviary's own comment up to date. Anybody may begin one with its mark: one that GitHub
   * does not let Aviary change is somebody else's.
   *
   * @return its number; null: there is none
   */
  private @Nullable Long kept(GHPullRequest request, String marker, String says)
      throws IOException {
    for (var comment : request.listComments()) {
      var body = Objects.requireNonNullElse(comment.getBody(), "");
      if (body.equals(says) || (body.startsWith(marker) && isChanged(comment, says))) {
        return comment.getId();
      }
    }
    return null;
  }

  private boolean isChanged(GHIssueComment comment, String says) throws IOException {
    try {
      comment.update(says);
      return true;
    } catch (HttpException e) {
      if (e.getResponseCode() == 403 && Failures.limitedUntil(e, clock.instant()).isEmpty()) {
        return false;
      }
      throw e;
    }
  }

  private String story(RunView run) {
    var what =
        switch (run.status()) {
          case QUEUED -> "is queued";
          case RUNNING -> run.ending() == null ? "is being released" : "is being undone";
          case WAITING -> "waits";
          case SUCCEEDED ->
              run.pipeline() == PipelineName.PRODUCTION
                  ? "is live in production"
                  : "has passed its gates";
          case ROLLED_BACK -> "was **rolled back**";
          case FAILED -> "**needs a person**";
          case CANCELLED -> "was cancelled";
          case SUPERSEDED -> "was superseded";
        };
    var reason = run.status() == RunStatus.WAITING ? waitsFor(run) : run.reason();
    return "**"
        + run.application()
        + "**: "
        + run.shortRevision()
        + " "
        + what
        + (reason == null || reason.isBlank()
            ? "."
            : ":\n\n> " + cut(masking.mask(reason), 2000).replace("\n", "\n> "))
        + "\n\n[Run "
        + run.id()
        + "]("
        + address(run)
        + ")";
  }

  // ----

  private String words(RunView run) {
    var reason = run.status() == RunStatus.WAITING ? waitsFor(run) : run.reason();
    var state = word(run.status()).replace('_', ' ');
    if (run.status() == RunStatus.RUNNING) {
      return run.ending() != null
          ? "undoing: " + Objects.requireNonNullElse(reason, "it ends")
          : run.steps().stream()
              .filter(step -> step.status().isUnderWay())
              .map(StepView::name)
              .findFirst()
              .map(step -> "running " + step)
              .orElse(state);
    }
    return masking.mask(reason == null || reason.isBlank() ? state : state + ": " + reason);
  }

  private static @Nullable String waitsFor(RunView run) {
    return run.steps().stream()
        .filter(step -> step.status() == StepStatus.WAITING)
        .map(StepView::reason)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(run.reason());
  }

  private String address(RunView run) {
    return Urls.below(server.url(), "/runs/" + run.id()).toString();
  }

  private static String word(Enum<?> state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
  }

  private void failed(Report report, Exception e) {
    var now = clock.instant();
    var problem = cut(masking.mask(Failures.words(e)), 500);
    if (report.since().plus(PATIENCE).isBefore(now)) {
      log.warn(
          "the {} of run {} is not reported to GitHub any more: {}",
          word(report.kind()),
          report.run(),
          problem);
      reports.givenUp(report, problem);
      return;
    }
    var again = Failures.limitedUntil(e, now).orElse(now.plus(pause(report.attempts())));
    log.info(
        "the {} of run {} could not be reported to GitHub, again at {}: {}",
        word(report.kind()),
        report.run(),
        again,
        problem);
    reports.failed(report, problem, again);
  }

  /** 2 s, 4 s, 8 s … 30 min. */
  static Duration pause(int attempts) {
    return Duration.ofSeconds(Math.min(LONGEST_PAUSE.toSeconds(), 2L << Math.min(attempts, 20)));
  }
}
