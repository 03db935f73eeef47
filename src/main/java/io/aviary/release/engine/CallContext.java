package io.aviary.release.engine;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.release.step.RunFacts;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What a step sees of its run during one call. */
final class CallContext<D extends Record> implements StepContext<D> {

  private final Claim claim;
  private final Run run;
  private final Step step;
  private final StepBean<D> bean;
  private final ApplicationProperties application;
  private final RunStore store;
  private final KnownRuns known;
  private final JsonMapper json;
  private final Instant now;
  private @Nullable D data;
  private @Nullable ReleaseDefinition definition;
  private boolean hasWritten;

  CallContext(
      Claim claim,
      Run run,
      Step step,
      StepBean<D> bean,
      ApplicationProperties application,
      RunStore store,
      KnownRuns known,
      JsonMapper json,
      Instant now) {
    this.claim = claim;
    this.run = run;
    this.step = step;
    this.bean = bean;
    this.application = application;
    this.store = store;
    this.known = known;
    this.json = json;
    this.now = now;
    this.data = step.data == null ? null : json.readValue(step.data, bean.dataType());
  }

  /** Whether something of this call is recorded already. */
  boolean hasWritten() {
    return hasWritten;
  }

  @Override
  public RunFacts run() {
    return run.facts();
  }

  @Override
  public ApplicationProperties application() {
    return application;
  }

  @Override
  public ReleaseDefinition definition() {
    if (definition == null) {
      definition =
          known
              .definition(claim)
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "run " + run.id() + " has not read its commit yet"));
    }
    return definition;
  }

  @Override
  public String name() {
    return step.name;
  }

  @Override
  public String subject() {
    return step.subject;
  }

  @Override
  public Optional<D> data() {
    return Optional.ofNullable(data);
  }

  @Override
  public <T extends Record> Optional<T> result(String stepName, Class<T> type) {
    return find(stepName).filter(Step::hasPassed).flatMap(found -> read(found, type));
  }

  @Override
  public <T extends Record> Optional<T> remembered(String stepName, Class<T> type) {
    return find(stepName).flatMap(found -> read(found, type));
  }

  @Override
  public long madeBy(String stepName) {
    var found = find(stepName);
    return found
        .map(step -> step.takenFrom)
        .orElseGet(() -> found.map(step -> step.run.id()).orElse(run.id()));
  }

  private Optional<Step> find(String stepName) {
    var own = run.step(stepName);
    return own.isPresent() || run.parentId == null
        ? own
        : known.find(run.parentId).flatMap(parent -> parent.step(stepName));
  }

  private <T extends Record> Optional<T> read(Step found, Class<T> type) {
    return Optional.ofNullable(found.data).map(stored -> json.readValue(stored, type));
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public Instant startedAt() {
    return step.startedAt == null ? now : step.startedAt;
  }

  @Override
  public Instant deadline() {
    return startedAt().plus(bean.timeout(this));
  }

  @Override
  public void remember(D next) {
    hasWritten = true;
    store.remember(claim, step.name, next);
    data = next;
  }

  @Override
  public void log(String text) {
    hasWritten = true;
    store.log(claim, step.name, text, null);
  }

  @Override
  public void log(String text, D next) {
    hasWritten = true;
    store.log(claim, step.name, text, next);
    data = next;
  }

  @Override
  public void record(String text, @Nullable Record evidence) {
    hasWritten = true;
    store.note(claim, step.name, text, evidence);
  }

  @Override
  public List<Decision> decisions() {
    return store.decisions(claim, step.name);
  }

  @Override
  public Optional<Ending> ending() {
    return run.ending == null
        ? Optional.empty()
        : Optional.of(new Ending(run.ending, run.reason == null ? "" : run.reason));
  }
}
