package io.aviary.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.release.Actor;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.AviaryProperties;
import io.aviary.release.LiveConfiguration;
import io.aviary.release.LivePart;
import io.aviary.release.Role;
import io.aviary.release.audit.AuditEntry;
import io.aviary.release.audit.ConfigurationChanges;
import io.aviary.release.audit.OnlyWritten;
import io.aviary.release.masking.Masking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Changed files of the configuration, plain ones and mounts of Kubernetes. */
class ConfigurationWatchTest {

  private static final String BIRDS =
      """
      aviary:
        build: {registry: registry.example.com}
        security:
          tokens: [{name: ci, role: operator, value: 0123456789abcdef}]
        applications:
          - {name: birds, repository: otomato/birds, namespace: birds, webhook-secrets: ["${webhook-birds}"]}
      """;
  private static final String OWLS =
      "    - {name: owls, repository: otomato/owls, namespace: owls, webhook-secrets: [s3cret-of-owls]}\n";

  @TempDir Path folder;

  private final Masking masking = new Masking(List.of());
  private final Trail trail = new Trail();
  private final FakePart part = new FakePart();
  private final StandardEnvironment environment = new StandardEnvironment();
  private LiveConfiguration live =
      new LiveConfiguration(
          new AviaryProperties(
              java.net.URI.create("http://localhost"),
              new AviaryProperties.GitHub(java.net.URI.create("http://localhost"), null),
              new AviaryProperties.Build(null, false, null, null, "b", false),
              new AviaryProperties.Prometheus(null),
              new AviaryProperties.Security(List.of(), List.of()),
              List.of()));
  private ConfigurationWatch watch = watch();

  /** As a kubelet mounts: the files are links through a link to a folder of this version. */
  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(folder.resolve("secrets"));
    mount("secrets", "webhook-birds", "first-secret");
    Files.createDirectories(folder.resolve("config"));
    Files.writeString(folder.resolve("config/application.yml"), BIRDS);
    environment
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "arguments",
                Map.of(
                    "spring.config.location",
                    "file:" + folder.resolve("config") + "/",
                    "spring.config.import",
                    "configtree:" + folder.resolve("secrets") + "/")));
    ConfigDataEnvironmentPostProcessor.applyTo(environment);
    live =
        new LiveConfiguration(Binder.get(environment).bind("aviary", AviaryProperties.class).get());
    watch = watch();
  }

  private ConfigurationWatch watch() {
    return new ConfigurationWatch(
        environment,
        () ->
            List.of(
                new ConfigurationCheck.Bound("aviary", AviaryProperties.class),
                new ConfigurationCheck.Bound("aviary", Notifications.class)),
        live,
        List.of(part),
        masking,
        new ConfigurationChanges(trail, environment),
        new WatchProperties(Duration.ZERO));
  }

  private void mount(String name, String key, String value) throws IOException {
    var mount = folder.resolve(name);
    var version = Files.createTempDirectory(mount, "..version-");
    Files.writeString(version.resolve(key), value);
    var next = Files.createSymbolicLink(mount.resolve("..data_tmp"), version.getFileName());
    Files.move(next, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    if (Files.notExists(mount.resolve(key))) {
      Files.createSymbolicLink(mount.resolve(key), Path.of("..data", key));
    }
  }

  private void write(String text) throws IOException {
    Files.writeString(folder.resolve("config/application.yml"), text);
  }

  private void twoLooks() {
    watch.look();
    watch.look();
  }

  private List<String> names() {
    return live.current().applications().stream().map(ApplicationProperties::name).toList();
  }

  private List<String> secretsOfBirds() {
    return live.current().applications().getFirst().webhookSecrets();
  }

  @Test
  void restsLongerWhereALookTakesLong() {
    var every = Duration.ofSeconds(5);

    assertThat(ConfigurationWatch.restAfter(Duration.ofMillis(3), every)).isEqualTo(every);
    assertThat(ConfigurationWatch.restAfter(Duration.ofMillis(400), every))
        .isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void nothingChangedIsNothingDone() {
    var before = live.current();
    twoLooks();
    assertThat(live.current()).isSameAs(before);
    assertThat(secretsOfBirds()).containsExactly("first-secret");
    assertThat(trail.entries).isEmpty();
  }

  @Test
  void anApplicationThatIsAddedIsThereAfterTwoLooksAndItsSecretIsMasked() throws IOException {
    write(BIRDS + OWLS);
    watch.look();
    assertThat(names()).as("it may still be written").containsExactly("birds");
    watch.look();
    assertThat(names()).containsExactly("birds", "owls");
    assertThat(masking.mask("it is s3cret-of-owls")).isEqualTo("it is ***");
    assertThat(trail.entries).containsExactly("take over: application owls added");
    write(BIRDS);
    twoLooks();
    assertThat(names()).containsExactly("birds");
    assertThat(trail.entries).endsWith("take over: application owls removed");
  }

  @Test
  void aSecretIsRotatedWithBothValidInBetween() throws IOException {
    write(BIRDS.replace("[\"${webhook-birds}\"]", "[\"${webhook-birds}\", first-secret]"));
    mount("secrets", "webhook-birds", "second-secret");
    twoLooks();
    assertThat(secretsOfBirds()).containsExactly("second-secret", "first-secret");
    write(BIRDS);
    twoLooks();
    assertThat(secretsOfBirds()).containsExactly("second-secret");
    assertThat(trail.entries)
        .containsExactly(
            "take over: application birds changed", "take over: application birds changed");
  }

  @Test
  void aTokenIsRotatedByAnExchangedMountAlone() throws IOException {
    mount("secrets", "webhook-birds", "third-secret");
    twoLooks();
    assertThat(secretsOfBirds()).containsExactly("third-secret");
    write(BIRDS.replace("0123456789abcdef", "fedcba9876543210"));
    twoLooks();
    assertThat(live.current().security().tokens())
        .extracting(AviaryProperties.Token::value)
        .containsExactly("fedcba9876543210");
    assertThat(trail.entries).endsWith("take over: token ci changed");
  }

  @Test
  void peopleAndTheTokenForGitHubTakeEffectAndTheAuditNamesThemWithoutTheirValues()
      throws IOException {
    write(BIRDS + people("operator", "first-hash") + "  github: {token: ghp_first_value}\n");
    twoLooks();
    assertThat(live.current().github().token()).isEqualTo("ghp_first_value");
    assertThat(live.current().security().users())
        .containsExactly(new AviaryProperties.User("wren", Role.OPERATOR, "{noop}first-hash"));
    write(BIRDS + people("viewer", "first-hash") + "  github: {token: ghp_other_value}\n");
    twoLooks();
    write(BIRDS);
    twoLooks();

    assertThat(live.current().security().users()).isEmpty();
    assertThat(live.current().github().token()).isNull();
    assertThat(trail.entries)
        .containsExactly(
            "take over: user wren added; aviary.github.token changed; reports to GitHub begin with"
                + " the next start",
            "take over: user wren changed; aviary.github.token changed; reports to GitHub begin"
                + " with the next start",
            "take over: user wren removed; aviary.github.token removed");
    assertThat(trail.reasons).doesNotContain("first-hash", "_value");
    assertThat(masking.mask("ghp_first_value ghp_other_value")).isEqualTo("*** ***");
  }

  private static String people(String role, String hash) {
    return "  security.users: [{name: wren, role: %s, password: \"{noop}%s\"}]\n"
        .formatted(role, hash);
  }

  @Test
  void aMistakeInOnePersonKeepsAllOfTheOldOnesAndTheGoodOnesOfTheFileOut() throws IOException {
    var before = live.current();
    write(
        BIRDS
            + people("operator", "good")
                .replace("}]", "}, {name: owl, role: viewer, password: in-clear-text}]"));
    twoLooks();
    assertThat(live.current()).isSameAs(before);
    assertThat(watch.mistakes())
        .containsExactly(
            "aviary.security.users[1].password has no encoder in front; write {bcrypt}$2a$…");
    assertThat(trail.entries).singleElement().asString().doesNotContain("in-clear");
  }

  /** As notifications are. */
  @Test
  void aPartOfAnotherPackageTakesItsOwnKeysOverAndNobodyElseNamesThem() throws IOException {
    write(BIRDS + "  notifications: [{name: team}]\n");
    twoLooks();
    assertThat(part.seen).containsExactly("team");
    assertThat(trail.entries).containsExactly("take over: notification team taken");
  }

  /** The database may be away when files change. */
  @Test
  void whatCouldNotBeWrittenDownIsInEffectAndWrittenDownLater() throws IOException {
    write(BIRDS + OWLS);
    trail.away = true;
    watch.look();
    assertThatThrownBy(watch::look).hasMessage("the database is away");
    assertThat(names()).containsExactly("birds", "owls");
    trail.away = false;
    watch.look();
    assertThat(trail.entries).containsExactly("take over: application owls added");
    twoLooks();
    assertThat(trail.entries).hasSize(1);
  }

  @Test
  void mistakesAreReportedOnceAndTheLastGoodStateStays() throws IOException {
    var before = live.current();
    write(BIRDS.replace("namespace: birds", "namespace: Birds") + OWLS + "  bulid: {}\n");
    twoLooks();
    twoLooks();
    assertThat(live.current()).isSameAs(before);
    assertThat(watch.mistakes())
        .anyMatch(it -> it.contains("applications[0].namespace is 'Birds'"))
        .anyMatch(it -> it.contains("bulid"));
    assertThat(new ConfigurationHealth(watch).health().getStatus().getCode()).isEqualTo("DOWN");
    assertThat(trail.entries).singleElement().asString().startsWith("refuse: ");
    write(BIRDS);
    twoLooks();
    assertThat(watch.mistakes()).isEmpty();
    assertThat(new ConfigurationHealth(watch).health().getStatus().getCode()).isEqualTo("UP");
    assertThat(live.current()).isSameAs(before);
  }

  @Test
  void aFileThatIsNoYamlIsReportedWithoutWhatStandsInIt() throws IOException {
    write(BIRDS + "  hidden: [s3cret: a: b\n");
    twoLooks();
    assertThat(watch.mistakes())
        .singleElement()
        .asString()
        .startsWith("a file is not valid YAML: line ")
        .doesNotContain("s3cret");
    assertThat(names()).containsExactly("birds");
  }

  @Test
  void whatNeedsAStartIsNamedAndNotTakenOver() throws IOException {
    write(BIRDS.replace("registry.example.com", "other.example.com") + OWLS);
    twoLooks();
    assertThat(live.current().build().registry()).isEqualTo("registry.example.com");
    assertThat(trail.entries)
        .containsExactly(
            "take over: application owls added; with the next start only: aviary.build.registry");
  }

  @Test
  void alsoOfWhatAviaryIsMadeOfButNotWhatIsReferredToOnly() throws IOException {
    write(BIRDS + "spring.datasource.password: s3cret-of-h2\nsomewhere: ${random.uuid}\n");
    twoLooks();
    assertThat(trail.entries)
        .containsExactly("take over: with the next start only: spring.datasource.password");
    twoLooks();
    assertThat(trail.entries).hasSize(1);
  }

  /** Remembers what it was handed; as notifications are, but for their records. */
  private static final class FakePart implements LivePart {
    private final List<String> seen = new ArrayList<>();

    @Override
    public String prefix() {
      return "aviary.notifications";
    }

    @Override
    public List<String> takeOver(Binder configuration) {
      var name = configuration.bind("aviary.notifications[0].name", String.class).orElse(null);
      if (name == null) {
        return List.of();
      }
      seen.add(name);
      return List.of("notification " + name + " taken");
    }
  }

  /** A record that the check knows, as notify has it. */
  record Notifications(@DefaultValue List<Named> notifications) {}

  record Named(String name) {}

  /** Remembers what was added. */
  private static final class Trail implements OnlyWritten {
    private final List<String> entries = new ArrayList<>();
    private String reasons = "";
    private boolean away;

    @Override
    public void add(
        AuditEntry.Kind kind,
        Actor actor,
        String action,
        @Nullable String subject,
        @Nullable String application,
        @Nullable String why) {
      if (away) {
        throw new IllegalStateException("the database is away");
      }
      reasons += subject + why;
      entries.add(action + ": " + (action.equals("refuse") ? why : subject));
    }
  }
}
