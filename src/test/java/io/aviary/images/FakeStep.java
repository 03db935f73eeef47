package io.aviary.images;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.PipelineName;
import io.aviary.release.Trigger;
import io.aviary.release.definition.CanaryDefinition;
import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.definition.PodsDefinition;
import io.aviary.release.definition.ProductionDefinition;
import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.release.definition.TrafficDefinition;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.RunFacts;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One step of one run in memory, which keeps data between calls as the engine does. */
final class FakeStep<D extends Record> implements StepContext<D> {

  static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  static final String REVISION = "0123456789abcdef0123456789abcdef01234567";

  final StringBuilder log = new StringBuilder();
  final Map<String, Record> results = new HashMap<>();
  final List<D> memory = new ArrayList<>();
  Instant now = START;
  PodsDefinition pods = new PodsDefinition(Map.of(), Map.of(), null, Map.of());
  String revision = REVISION;
  String cloneUrl = "https://github.example/otomato/ornithology.git";
  String namespace = "otom8";
  long run = 17;
  private final StepBean<D> bean;
  private final ImageDefinition image;
  private @Nullable D data;
  private Instant startedAt = START;

  FakeStep(StepBean<D> bean, ImageDefinition image) {
    this.bean = bean;
    this.image = image;
  }

  static ImageDefinition image(boolean build) {
    return new ImageDefinition(
        "app",
        "otomato/ornithology",
        ".",
        "Dockerfile",
        null,
        Map.of("VERSION", "$SHORT_REVISION"),
        build,
        "$SHORT_REVISION",
        Duration.ofMinutes(15));
  }

  /** One call, with what the engine does about its outcome. */
  Outcome<D> call() {
    return record(bean.advance(this));
  }

  Outcome<D> stop() {
    return record(bean.stop(this));
  }

  FakeStep<D> after(Duration time) {
    now = now.plus(time);
    return this;
  }

  /** From now on with the real time. */
  FakeStep<D> startingAt(Instant moment) {
    startedAt = moment;
    now = moment;
    return this;
  }

  private Outcome<D> record(Outcome<D> outcome) {
    switch (outcome) {
      case Outcome.Done<D> done -> data = done.data();
      case Outcome.Wait<D> wait -> data = wait.data() == null ? data : wait.data();
      case Outcome.Failed<D> failed -> data = failed.data() == null ? data : failed.data();
      case Outcome.Skipped<D> _ -> {}
      case Outcome.Superseded<D> _ -> {}
    }
    return outcome;
  }

  @Override
  public RunFacts run() {
    return new RunFacts(
        run,
        "ornithology",
        PipelineName.CANARY,
        revision,
        "master",
        null,
        null,
        Trigger.PUSH,
        null,
        startedAt,
        null,
        null);
  }

  @Override
  public ApplicationProperties application() {
    return new ApplicationProperties(
        "ornithology",
        "otomato/ornithology",
        cloneUrl,
        "master",
        null,
        namespace,
        List.of("secret"),
        ApplicationProperties.NewerCommit.SUPERSEDE,
        List.of(),
        List.of(),
        Map.of());
  }

  @Override
  public ReleaseDefinition definition() {
    return new ReleaseDefinition(
        List.of(image),
        new CanaryDefinition(List.of(), null, 1, Duration.ofMinutes(10), List.of()),
        new ProductionDefinition(
            new ProductionDefinition.Files(List.of("orni-dep.yml")), null, Duration.ofMinutes(15)),
        new TrafficDefinition(TrafficDefinition.By.LABELS, null, 5),
        pods);
  }

  @Override
  public String name() {
    return image.buildStep();
  }

  @Override
  public String subject() {
    return image.key();
  }

  @Override
  public Optional<D> data() {
    return Optional.ofNullable(data);
  }

  @Override
  public <T extends Record> Optional<T> result(String stepName, Class<T> type) {
    return Optional.ofNullable(results.get(stepName)).map(type::cast);
  }

  @Override
  public <T extends Record> Optional<T> remembered(String stepName, Class<T> type) {
    return result(stepName, type);
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public Instant startedAt() {
    return startedAt;
  }

  @Override
  public Instant deadline() {
    return startedAt.plus(bean.timeout(this));
  }

  @Override
  public void remember(D remembered) {
    data = remembered;
    memory.add(remembered);
  }

  @Override
  public void log(String text) {
    log.append(text);
  }

  @Override
  public void log(String text, D remembered) {
    log.append(text);
    remember(remembered);
  }

  @Override
  public void record(String text, @Nullable Record evidence) {}

  @Override
  public List<Decision> decisions() {
    return List.of();
  }

  @Override
  public Optional<Ending> ending() {
    return Optional.empty();
  }

  @Override
  public long madeBy(String stepName) {
    return run().id();
  }
}
