package io.aviary.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.release.Actor;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.AviaryProperties;
import io.aviary.release.Deliveries;
import io.aviary.release.DeliveryFilter;
import io.aviary.release.DeliveryView;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.Page;
import io.aviary.release.PipelineName;
import io.aviary.release.Releases;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.Trigger;
import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.RunFacts;
import io.aviary.release.step.StepContext;
import io.aviary.source.Checkout;
import io.aviary.source.ReleaseReader;
import io.aviary.source.Sources;
import io.aviary.source.helm.ChartRenderer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a commit is read, and when a newer one takes its place. */
class ReadSourceTest {

  private static final String OURS = "a".repeat(40);
  private static final String NEWER = "b".repeat(40);
  private static final String HEAD = "c".repeat(40);

  private final Map<String, RunView> runs = new HashMap<>();
  private final Map<String, Verdict> verdicts = new HashMap<>();
  private final Map<String, String> messages = new HashMap<>();
  private final List<String> records = new ArrayList<>();
  private @Nullable List<String> since = List.of();
  private List<String> paths = List.of();
  private Trigger trigger = Trigger.PUSH;
  private Duration age = Duration.ZERO;

  @Test
  void theHeadIsRead() {
    assertThatIsRead();
    assertThat(records).isEmpty();
  }

  @Test
  void aCommitThatIsNoLongerOnTheBranchIsSuperseded() {
    since = null;
    headIs(HEAD);

    assertSuperseded("aaaaaaa is not on master any more, whose head ccccccc is");
  }

  @Test
  void aCommitThatHasARunOfANewerOneIsSuperseded() {
    headIs(HEAD, NEWER);
    runs.put(NEWER, run(7, NEWER));
    verdicts.put(HEAD, Verdict.IGNORED);

    assertSuperseded("aaaaaaa is not the head of master any more: run 7 was made for bbbbbbb");
  }

  @Test
  void anIgnoredHeadDoesNotTakeItsPlace() {
    headIs(HEAD, NEWER);
    verdicts.put(HEAD, Verdict.IGNORED);

    assertThatIsRead();
    assertThat(records)
        .containsExactly(
            "ccccccc is the head by now, but is not released: that push was ignored; so aaaaaaa goes on");
  }

  @Test
  void aHeadThatSkipsCiDoesNotTakeItsPlaceEvenBeforeItsPushHasCome() {
    headIs(HEAD);
    messages.put(HEAD, "Typo\n\n[skip ci]");

    assertThatIsRead();
    assertThat(records)
        .containsExactly(
            "ccccccc is the head by now, but is not released: its message says [skip ci]; so aaaaaaa goes on");
  }

  @Test
  void aHeadWhosePushHasYetToComeTakesItsPlace() {
    headIs(HEAD);
    messages.put(HEAD, "A new bird");

    assertSuperseded("aaaaaaa is not the head of master any more, ccccccc is");
  }

  @Test
  void whereOnlySomePathsAreReleasedTheVerdictIsWaitedFor() {
    headIs(HEAD);
    messages.put(HEAD, "A new bird");
    paths = List.of("src/**");

    assertThat(advance())
        .isInstanceOfSatisfying(
            Outcome.Wait.class,
            wait ->
                assertThat(wait.reason())
                    .isEqualTo("waits until it is decided whether ccccccc is released"));

    age = Duration.ofMinutes(10);
    assertSuperseded("aaaaaaa is not the head of master any more, ccccccc is");
  }

  @Test
  void whatAPersonAskedForIsReadWhereverTheBranchIs() {
    headIs(HEAD, NEWER);
    runs.put(NEWER, run(7, NEWER));
    trigger = Trigger.PERSON;

    assertThatIsRead();
  }

  // ----

  private String head = OURS;

  /** The newest first. */
  private void headIs(String... newer) {
    head = newer[0];
    if (since != null) {
      since = List.of(newer);
    }
  }

  private void assertThatIsRead() {
    assertThatThrownBy(this::advance).hasMessage("reading " + OURS);
  }

  private void assertSuperseded(String reason) {
    assertThat(advance()).isEqualTo(Outcome.superseded(reason));
  }

  private Outcome<SourceRead> advance() {
    var properties =
        new AviaryProperties(
            URI.create("http://localhost"),
            new AviaryProperties.GitHub(URI.create("http://localhost"), null),
            new AviaryProperties.Build("registry", false, null, null, "buildkit", false),
            new AviaryProperties.Prometheus(null),
            new AviaryProperties.Security(List.of(), List.of()),
            List.of());
    return new ReadSource(
            new Git(),
            new ReleaseReader(properties, new ChartRenderer()),
            properties,
            new Known(),
            new Known())
        .advance(new Step());
  }

  private static RunView run(long id, String revision) {
    return new RunView(
        id,
        "birds",
        PipelineName.CANARY,
        RunStatus.RUNNING,
        null,
        null,
        revision,
        revision.substring(0, 7),
        "master",
        null,
        null,
        Trigger.PUSH,
        null,
        Instant.EPOCH,
        null,
        null,
        null,
        null,
        null,
        false,
        List.of());
  }

  /** The branch, of which only the message of a commit can be read. */
  private final class Git implements Sources {

    @Override
    public Checkout fetch(ApplicationProperties application, String revision) {
      if (revision.equals(OURS)) {
        throw new IllegalStateException("reading " + revision);
      }
      return new OnlyAMessage(messages.getOrDefault(revision, ""));
    }

    @Override
    public String head(ApplicationProperties application) {
      return head;
    }

    @Override
    public Optional<List<String>> since(ApplicationProperties application, String revision) {
      return Optional.ofNullable(since);
    }

    @Override
    public String resolve(ApplicationProperties application, String revision) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Set<String> changedPaths(
        ApplicationProperties application, String before, String after) {
      throw new UnsupportedOperationException();
    }
  }

  private record OnlyAMessage(String message) implements Checkout {

    @Override
    public String revision() {
      throw new UnsupportedOperationException();
    }

    @Override
    public String authorName() {
      throw new UnsupportedOperationException();
    }

    @Override
    public String authorEmail() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Instant authoredAt() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> read(String path) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<byte[]> bytes(String path) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void prefetch(java.util.Collection<String> files) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean exists(String path) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<String> list(String folder) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  /** What the server knows of runs and pushes. */
  private final class Known implements Releases, Deliveries {

    @Override
    public Optional<RunView> newestOf(String application, String revision) {
      return Optional.ofNullable(runs.get(revision));
    }

    @Override
    public Optional<DeliveryView> ofRun(long run) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Verdict> verdict(ApplicationProperties application, String revision) {
      return Optional.ofNullable(verdicts.get(revision));
    }

    @Override
    public RunView startCanary(
        ApplicationProperties application,
        String revision,
        Trigger why,
        Actor actor,
        @Nullable String message,
        @Nullable String author) {
      throw new UnsupportedOperationException();
    }

    @Override
    public RunView startProduction(
        ApplicationProperties application, String revision, Actor actor) {
      throw new UnsupportedOperationException();
    }

    @Override
    public RunView retry(long run, Actor actor, @Nullable String comment) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<RunView> rolledBack(String application, String revision) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<DeliveryView> find(String id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Page<DeliveryView> search(DeliveryFilter filter, int page, int size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<byte[]> body(String id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public DeliveryView replay(String id, Actor actor) {
      throw new UnsupportedOperationException();
    }
  }

  private final class Step implements StepContext<SourceRead> {

    @Override
    public RunFacts run() {
      return new RunFacts(
          1,
          "birds",
          PipelineName.CANARY,
          OURS,
          "master",
          null,
          null,
          trigger,
          null,
          Instant.EPOCH,
          null,
          null);
    }

    @Override
    public ApplicationProperties application() {
      return new ApplicationProperties(
          "birds",
          "otomato/birds",
          null,
          "master",
          null,
          "birds",
          List.of("s"),
          ApplicationProperties.NewerCommit.SUPERSEDE,
          paths,
          List.of(),
          Map.of());
    }

    @Override
    public Instant now() {
      return Instant.EPOCH.plus(age);
    }

    @Override
    public Instant startedAt() {
      return Instant.EPOCH;
    }

    @Override
    public Instant deadline() {
      return startedAt().plus(Duration.ofMinutes(10));
    }

    @Override
    public void record(String text, @Nullable Record evidence) {
      records.add(text);
    }

    @Override
    public ReleaseDefinition definition() {
      throw new UnsupportedOperationException();
    }

    @Override
    public String name() {
      return "readSource";
    }

    @Override
    public String subject() {
      return "";
    }

    @Override
    public Optional<SourceRead> data() {
      return Optional.empty();
    }

    @Override
    public <T extends Record> Optional<T> result(String stepName, Class<T> type) {
      return Optional.empty();
    }

    @Override
    public <T extends Record> Optional<T> remembered(String stepName, Class<T> type) {
      return Optional.empty();
    }

    @Override
    public long madeBy(String stepName) {
      return 1;
    }

    @Override
    public void remember(SourceRead data) {}

    @Override
    public void log(String text) {}

    @Override
    public void log(String text, SourceRead data) {}

    @Override
    public List<Decision> decisions() {
      return List.of();
    }

    @Override
    public Optional<Ending> ending() {
      return Optional.empty();
    }
  }
}
