package io.aviary.ops;

import io.aviary.release.AviaryProperties;
import io.aviary.release.LiveConfiguration;
import io.aviary.release.LivePart;
import io.aviary.release.NamedChanges;
import io.aviary.release.audit.ConfigurationChanges;
import io.aviary.release.masking.Masking;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.stereotype.Component;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads the files of the configuration again every few seconds, whatever they are and however they
 * are changed: mounts of Kubernetes exchange a link, editors the file, and some file systems tell
 * nobody. What has changed is taken over when two looks in a row found the same, so that a file
 * that is being written is not taken for the whole of it. With a mistake nothing is taken over.
 * After a look it rests for fifty times as long as that took, at least.
 */
@Component
class ConfigurationWatch implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(ConfigurationWatch.class);

  /** A look takes at most a fiftieth of a core. */
  private static final int SHARE_OF_REST = 50;

  private static final Pattern LIVE =
      Pattern.compile(
          "aviary\\.(applications|security\\.(tokens|users)|github\\.token)(?![-\\w]).*");

  /** Where keys of ours and of what we are made of begin; other names are what these refer to. */
  private static final Pattern KNOWN =
      Pattern.compile("(aviary|spring|server|management|logging)\\..*");

  private final ConfigurableEnvironment environment;
  private final Supplier<List<ConfigurationCheck.Bound>> records;
  private final LiveConfiguration live;
  private final List<LivePart> parts;
  private final Masking masking;
  private final ConfigurationChanges changes;
  private final WatchProperties properties;

  private final Map<String, String> atTheStart;
  private Map<String, String> good;

  /** What is in effect and not on record yet: the database may be away for a while. */
  private final List<String> untold = new ArrayList<>();

  private Seen settled;
  private Seen candidate;
  private volatile List<String> mistakes = List.of();
  private @Nullable ScheduledExecutorService clockwork;

  @Autowired
  ConfigurationWatch(
      ConfigurableApplicationContext context,
      LiveConfiguration live,
      List<LivePart> parts,
      Masking masking,
      ConfigurationChanges changes,
      WatchProperties properties,
      MeterRegistry meters) {
    this(
        context.getEnvironment(),
        () -> ConfigurationCheck.records(context.getBeanFactory()),
        live,
        parts,
        masking,
        changes,
        properties);
    Gauge.builder("aviary.configuration.mistakes", () -> mistakes.size())
        .description("Mistakes in changed files that keep them from taking effect")
        .register(meters);
  }

  ConfigurationWatch(
      ConfigurableEnvironment environment,
      Supplier<List<ConfigurationCheck.Bound>> records,
      LiveConfiguration live,
      List<LivePart> parts,
      Masking masking,
      ConfigurationChanges changes,
      WatchProperties properties) {
    this.environment = environment;
    this.records = records;
    this.live = live;
    this.parts = List.copyOf(parts);
    this.masking = masking;
    this.changes = changes;
    this.properties = properties;
    this.atTheStart = values(environment);
    this.good = atTheStart;
    this.settled = new Seen(null, atTheStart, List.of());
    this.candidate = settled;
  }

  /**
   * What a look found.
   *
   * @param environment null: it could not be read
   */
  private record Seen(
      @Nullable ConfigurableEnvironment environment,
      Map<String, String> values,
      List<String> mistakes) {
    boolean isAs(Seen other) {
      return values.equals(other.values) && mistakes.equals(other.mistakes);
    }
  }

  /** What keeps changed files from taking effect; none: they are in effect. */
  List<String> mistakes() {
    return mistakes;
  }

  /** Looks once. */
  synchronized void look() {
    var seen = read();
    if (seen.isAs(settled)) {
      candidate = seen;
    } else if (!seen.isAs(candidate)) {
      candidate = seen;
    } else {
      // Not before: what fails is tried again.
      settle(seen);
      settled = seen;
    }
  }

  private void settle(Seen seen) {
    if (!seen.mistakes().isEmpty()) {
      mistakes = seen.mistakes();
      log.error(
          "the changed configuration is not in effect, it has {} mistakes:\n- {}",
          mistakes.size(),
          String.join("\n- ", mistakes));
      changes.refused(mistakes);
      return;
    }
    mistakes = List.of();
    var fresh = Objects.requireNonNull(seen.environment());
    if (seen.values().equals(good)) {
      log.info("the configuration is again as it is in effect");
      return;
    }
    takeOver(fresh);
    var words = new ArrayList<>(untold);
    var later = forTheNextStart(seen.values());
    if (!later.isEmpty()) {
      words.add("with the next start only: " + String.join(", ", later));
    }
    var what = words.isEmpty() ? "nothing that differs" : String.join("; ", words);
    changes.takenOver(what, fresh);
    untold.clear();
    good = seen.values();
    log.info("the changed configuration is in effect: {}", what);
  }

  // ---- what has changed

  private void takeOver(ConfigurableEnvironment fresh) {
    var before = live.current();
    // Without mistakes: the handler lets none pass.
    live.replace(Objects.requireNonNull(AviaryProperties.of(fresh, BindHandler.DEFAULT)));
    var after = live.current();
    untold.addAll(
        NamedChanges.between(
            "application", before.applications(), after.applications(), it -> it.name()));
    untold.addAll(
        NamedChanges.between(
            "user", before.security().users(), after.security().users(), it -> it.name()));
    untold.addAll(
        NamedChanges.between(
            "token", before.security().tokens(), after.security().tokens(), it -> it.name()));
    var token = before.github().token();
    var next = after.github().token();
    if (!Objects.equals(token, next)) {
      untold.add("aviary.github.token " + (next == null ? "removed" : "changed"));
      if (next != null && !reports()) {
        untold.add("reports to GitHub begin with the next start");
      }
    }
    var binder = Binder.get(fresh);
    parts.forEach(part -> untold.addAll(part.takeOver(binder)));
  }

  /** Whether GitHub was reported to at the start: what does it is made only then. */
  private boolean reports() {
    return !atTheStart.getOrDefault("aviary.github.token", "").isBlank()
        || atTheStart.containsKey("aviary.github.app.id");
  }

  private Set<String> forTheNextStart(Map<String, String> values) {
    var later = new TreeSet<String>();
    for (var name : union(atTheStart, values)) {
      if (!Objects.equals(atTheStart.get(name), values.get(name))
          && !LIVE.matcher(name).matches()
          && parts.stream().noneMatch(part -> name.startsWith(part.prefix()))) {
        later.add(name);
      }
    }
    return later;
  }

  private static Set<String> union(Map<String, String> one, Map<String, String> other) {
    var names = new TreeSet<>(one.keySet());
    names.addAll(other.keySet());
    return names;
  }

  // ---- reading

  private Seen read() {
    try {
      var fresh = fresh();
      var values = values(fresh);
      if (values.equals(good)) {
        return new Seen(fresh, values, List.of());
      }
      // Before anything can show them.
      masking.learn(fresh);
      var found = ConfigurationCheck.mistakes(fresh, records.get());
      return new Seen(fresh, values, found.stream().map(masking::mask).toList());
    } catch (RuntimeException e) {
      return new Seen(null, Map.of(), List.of(words(e)));
    }
  }

  /** What a start would see now. */
  private ConfigurableEnvironment fresh() {
    var fresh = new StandardEnvironment();
    var sources = fresh.getPropertySources();
    sources.stream().map(PropertySource::getName).toList().forEach(sources::remove);
    for (var source : environment.getPropertySources()) {
      if (!ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)
          && !isOfFiles(source)) {
        sources.addLast(source);
      }
    }
    ConfigDataEnvironmentPostProcessor.applyTo(fresh);
    ConfigurationPropertySources.attach(fresh);
    return fresh;
  }

  /** As Spring Boot names them. */
  private static boolean isOfFiles(PropertySource<?> source) {
    return source.getName().startsWith("Config resource '")
        || source.getName().startsWith("Config tree '");
  }

  /** Ours, wherever they stand, and what else stands in files. */
  private static Map<String, String> values(ConfigurableEnvironment environment) {
    var values = new TreeMap<String, String>();
    for (var source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> enumerable) {
        for (var name : enumerable.getPropertyNames()) {
          if (name.startsWith("aviary.")) {
            values.put(name, value(environment, name));
          } else if (isOfFiles(source) && KNOWN.matcher(name).matches()) {
            // As written: one that is made at random is another each time.
            values.put(name, String.valueOf(source.getProperty(name)));
          }
        }
      }
    }
    return values;
  }

  private static String value(ConfigurableEnvironment environment, String name) {
    try {
      return environment.getProperty(name, "");
    } catch (IllegalArgumentException e) {
      // A placeholder that is set nowhere: the check says so.
      return "";
    }
  }

  /** Without what stands in the file: that may be a secret that nobody masks yet. */
  private static String words(RuntimeException failure) {
    var cause = NestedExceptionUtils.getMostSpecificCause(failure);
    if (cause instanceof MarkedYAMLException yaml && yaml.getProblemMark() != null) {
      return "a file is not valid YAML: line "
          + (yaml.getProblemMark().getLine() + 1)
          + ", "
          + yaml.getProblem();
    }
    return "a file cannot be read: "
        + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
  }

  // ---- clockwork

  @Override
  public synchronized void start() {
    if (properties.every().isPositive() && clockwork == null) {
      clockwork =
          Executors.newSingleThreadScheduledExecutor(
              Thread.ofPlatform().daemon().name("configuration").factory());
      lookIn(properties.every());
    }
  }

  private synchronized void lookIn(Duration rest) {
    if (clockwork != null) {
      var _ = clockwork.schedule(this::lookAndRest, rest.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void lookAndRest() {
    var begun = System.nanoTime();
    try {
      look();
    } catch (RuntimeException e) {
      log.warn("the configuration could not be looked at; it is looked at again", e);
    }
    lookIn(restAfter(Duration.ofNanos(System.nanoTime() - begun), properties.every()));
  }

  /** Thousands of applications take a while to read: then it is looked at less often. */
  static Duration restAfter(Duration look, Duration every) {
    var rest = look.multipliedBy(SHARE_OF_REST);
    return rest.compareTo(every) > 0 ? rest : every;
  }

  @Override
  public synchronized void stop() {
    if (clockwork != null) {
      clockwork.shutdownNow();
      clockwork = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return clockwork != null;
  }
}
