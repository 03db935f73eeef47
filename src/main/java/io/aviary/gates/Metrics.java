package io.aviary.gates;

import io.aviary.gates.GateLooks.Place;
import io.aviary.gates.GateLooks.Stored;
import io.aviary.gates.MetricsProgress.Metric;
import io.aviary.gates.MetricsProgress.Requests;
import io.aviary.gates.MetricsServer.Answer;
import io.aviary.gates.MetricsServer.Question;
import io.aviary.gates.judge.Judge;
import io.aviary.gates.judge.Plan;
import io.aviary.gates.judge.Reading;
import io.aviary.release.Placeholders;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.MetricDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A gate's metrics: looked at by the clock, each look stored and then judged with all before it.
 *
 * <p>Look k of a metric is of the moment at which the share was there plus k times its {@code
 * every}, and its window reaches back to the one before. One call makes one look at each metric
 * whose time has come, all of them at once; who is late is called again at once.
 *
 * <p>What it has to remember comes and goes as {@link MetricsProgress}; the object itself lives for
 * one call.
 */
public final class Metrics {

  /**
   * The first looks that say nothing of the share. A metrics server finds new pods after a while,
   * and of a counter it sees only what comes after its first scrape: until then the canary's
   * requests look fewer than they are, beside those of pods that have been there for long.
   */
  private static final int LOOKS_OF_NEW_PODS = 2;

  private final long run;
  private final GateDefinition gate;
  private final MetricsServer server;
  private final GateLooks looks;
  private final PodGroups pods;
  private final boolean isShared;
  private final BiConsumer<String, Record> record;
  private MetricsProgress progress;

  /**
   * @param progress of the call before; null: the first
   * @param isShared whether the canary has a share of production's requests, to be measured
   * @param record tells people of a verdict, with its evidence
   */
  public Metrics(
      long run,
      GateDefinition gate,
      MetricsServer server,
      GateLooks looks,
      PodGroups pods,
      boolean isShared,
      @Nullable MetricsProgress progress,
      BiConsumer<String, Record> record) {
    this.run = run;
    this.gate = gate;
    this.server = server;
    this.looks = looks;
    this.pods = pods;
    this.isShared = isShared;
    this.record = record;
    this.progress = progress == null ? MetricsProgress.of(gate) : progress;
  }

  /** What is to be remembered after {@link #check}. */
  public MetricsProgress progress() {
    return progress;
  }

  /**
   * Makes the looks that are due, and says what all of them tell: {@link Check.Unclear} while there
   * is no verdict.
   *
   * @param since when the share was there
   */
  public Check check(Instant since, Instant now) {
    var due = gate.metrics().stream().filter(metric -> !time(metric, since).isAfter(now)).toList();
    var measurings =
        due.stream()
            .map(metric -> new Measuring(metric, time(metric, since), pods, counts(metric)))
            .toList();
    var answers = ask(measurings);
    for (var i = 0; i < due.size(); i++) {
      judge(due.get(i), measurings.get(i).look(answers.get(i)));
    }
    return check(since);
  }

  private Check check(Instant since) {
    var all = progress.metrics();
    var failed = all.stream().filter(metric -> "fail".equals(metric.verdict())).toList();
    if (!failed.isEmpty()) {
      return new Check.Broken(sentences(failed), List.of());
    }
    if (all.stream().allMatch(metric -> "pass".equals(metric.verdict()))) {
      return new Check.Holds(sentences(all));
    }
    var next =
        gate.metrics().stream()
            .map(metric -> time(metric, since))
            .min(Instant::compareTo)
            .orElseThrow();
    return new Check.Unclear(sentences(all), next);
  }

  /** Of the next look. */
  private Instant time(MetricDefinition metric, Instant since) {
    return since.plus(metric.every().multipliedBy(progress.metric(metric.name()).looks() + 1L));
  }

  /** All questions at once, so that many metrics take no longer than one. */
  private List<List<Answer>> ask(List<Measuring> measurings) {
    var questions = new ArrayList<Question>();
    measurings.forEach(one -> questions.addAll(one.questions()));
    var answers = questions.isEmpty() ? List.<Answer>of() : server.ask(questions);
    var divided = new ArrayList<List<Answer>>();
    var from = 0;
    for (var one : measurings) {
      var to = from + one.questions().size();
      divided.add(answers.subList(from, to));
      from = to;
    }
    return divided;
  }

  private void judge(MetricDefinition metric, Stored look) {
    var place = new Place(run, gate.name(), metric.name());
    var before = progress.metric(metric.name());
    looks.add(place, before.looks() + 1, look);
    var all = looks.of(place);
    var plan = Plan.of(gate, metric);
    var verdict =
        Judge.judge(
            metric, all.stream().map(Stored::look).toList(), plan, all.size() >= plan.looks());
    var word = verdict.word();
    if (!word.equals("undecided") && !word.equals(before.verdict())) {
      record.accept(verdict.sentence(), verdict.evidence());
    }
    progress =
        new MetricsProgress(
            progress.metrics().stream()
                .map(
                    one ->
                        one.name().equals(metric.name())
                            ? new Metric(one.name(), all.size(), word, verdict.sentence())
                            : one)
                .toList(),
            counts(metric) ? requests(all) : progress.requests());
  }

  /** Looks without both numbers say nothing of the share. */
  private static @Nullable Requests requests(List<Stored> looks) {
    var canary = 0.0;
    var all = 0.0;
    for (var stored : looks.subList(Math.min(LOOKS_OF_NEW_PODS, looks.size()), looks.size())) {
      if (stored.requests() != null && stored.look().canary() instanceof Reading.Counts counts) {
        canary += counts.all();
        all += stored.requests();
      }
    }
    return all == 0 ? null : new Requests(canary, all);
  }

  /** The first metric that counts requests of pods is the one by which the share is measured. */
  private boolean counts(MetricDefinition metric) {
    return isShared
        && metric.equals(
            gate.metrics().stream()
                .filter(one -> one.all() != null)
                .filter(
                    one -> Placeholders.namesIn(Objects.requireNonNull(one.all())).contains("PODS"))
                .findFirst()
                .orElse(null));
  }

  private static String sentences(List<Metric> some) {
    return some.stream()
        .map(
            metric ->
                metric.sentence() == null ? metric.name() + ": no look yet" : metric.sentence())
        .collect(Collectors.joining("; "));
  }
}
