package io.aviary.github;

import static io.aviary.release.PipelineName.CANARY;
import static io.aviary.release.PipelineName.PRODUCTION;
import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.database.InMemory;
import io.aviary.release.RunStatus;
import io.aviary.simulation.GitHubStandIn;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;

/** What GitHub hears of a run, and that it hears it once, whatever happens. */
class ReporterTest {

  private static final String GOOD = "a".repeat(40);
  private static final String NEXT = "b".repeat(40);

  /** What a server that died had taken is due again. */
  private static final Duration LATER = Duration.ofMinutes(6);

  private final EmbeddedDatabase database = open();
  private final JdbcClient jdbc = JdbcClient.create(database);
  private final FakeGitHub github = new FakeGitHub();
  private final ReportedRuns runs = new ReportedRuns();
  private int deaths;
  private Instant now = Instant.parse("2026-11-25T12:00:00Z");
  private final InstantSource clock = () -> now;

  EmbeddedDatabase open() {
    return InMemory.with("V1__runs.sql", "V7__github.sql");
  }

  @AfterEach
  void away() {
    github.close();
    database.shutdown();
  }

  @Test
  void aCommitGetsOneStatusForEachStateAndNoneTwice() {
    var world = world(github.url(), token());

    world.happens(1, CANARY, GOOD, RunStatus.QUEUED, null);
    world.sends();
    world.happens(1, CANARY, GOOD, RunStatus.QUEUED, null);
    world.sends();
    world.happens(1, CANARY, GOOD, RunStatus.ROLLED_BACK, "watchQuarter: 2.3 × the baseline's");
    world.sends();

    assertThat(statuses())
        .containsExactly(
            "pending queued aviary/ornithology/canary",
            "failure rolled back: watchQuarter: 2.3 × the baseline's aviary/ornithology/canary");
    assertThat(written("/statuses/").getFirst())
        .contains("\"target_url\":\"https://aviary.example/runs/1\"");
    assertThat(github.authorizations).contains("token ghp_x");
  }

  /** Without a restart, and on the connection that is open. */
  @Test
  void aNewTokenIsUsedForTheNextRequestAndARemovedOneForNone() {
    var world = world(github.url(), token());
    world.happens(1, CANARY, GOOD, RunStatus.QUEUED, null);
    world.sends();
    github.authorizations.clear();

    world.token("ghp_next");
    world.happens(1, CANARY, GOOD, RunStatus.RUNNING, null);
    world.sends();
    assertThat(github.authorizations).isNotEmpty().containsOnly("token ghp_next");

    github.authorizations.clear();
    world.token(null);
    world.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();
    assertThat(github.authorizations).isEmpty();
    assertThat(problem()).contains("aviary.github.token was removed");
  }

  @Test
  void onlyTheNewestStateIsTold() {
    var world = world(github.url(), token());
    world.happens(1, CANARY, GOOD, RunStatus.QUEUED, null);
    world.happens(1, CANARY, GOOD, RunStatus.RUNNING, null);
    world.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);

    world.sends();

    assertThat(statuses()).containsExactly("success succeeded aviary/ornithology/canary");
  }

  @Test
  void aLateReportDoesNotOverwriteThatOfARetry() {
    var world = world(github.url(), token());
    world.happens(1, CANARY, GOOD, RunStatus.FAILED, "no disk");
    world.happens(2, CANARY, GOOD, RunStatus.SUCCEEDED, null);

    world.sends();

    assertThat(statuses()).containsExactly("success succeeded aviary/ornithology/canary");
  }

  @Test
  void anOutageIsWaitedForAndThenTheNewestStateIsTold() {
    var world = world(github.url(), token());
    github.refuse(502, Map.of());
    world.happens(1, CANARY, GOOD, RunStatus.RUNNING, null);
    world.sends();
    world.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();
    assertThat(problem()).startsWith("502");

    github.refuse(0, Map.of());
    world.sends();
    assertThat(statuses()).as("the pause is not over").isEmpty();

    now = now.plusSeconds(4);
    world.sends();
    assertThat(statuses()).containsExactly("success succeeded aviary/ornithology/canary");
    assertThat(problem()).isNull();
  }

  @Test
  void aRateLimitIsWaitedFor() {
    isWaitedFor(
        1800,
        403,
        Map.of(
            "X-RateLimit-Limit", "5000",
            "X-RateLimit-Remaining", "0",
            "X-RateLimit-Reset", String.valueOf(now.plusSeconds(1800).getEpochSecond())));
  }

  @Test
  void aSecondaryRateLimitIsWaitedFor() {
    isWaitedFor(90, 429, Map.of("Retry-After", "90"));
  }

  private void isWaitedFor(int seconds, int code, Map<String, String> headers) {
    var world = world(github.url(), token());
    github.refuse(code, headers);
    world.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();
    github.refuse(0, Map.of());

    now = now.plusSeconds(seconds - 1);
    world.sends();
    assertThat(statuses()).isEmpty();

    now = now.plusSeconds(1);
    world.sends();
    assertThat(statuses()).hasSize(1);
  }

  @Test
  void whatGitHubDoesNotTakeForADayIsGivenUpAndShown() {
    var world = world(github.url(), token());
    github.refuse(422, Map.of());
    world.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();
    now = now.plus(Duration.ofHours(25));
    world.sends();

    assertThat(new Reports(jdbc).due(now.plus(Duration.ofDays(9)), 10)).isEmpty();
    assertThat(problem()).startsWith("422");
  }

  @Test
  void productionIsADeploymentAndItsPredecessorBecomesInactive() {
    var world = world(github.url(), token());
    world.happens(1, PRODUCTION, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();
    world.happens(2, PRODUCTION, NEXT, RunStatus.RUNNING, null);
    world.sends();
    world.happens(2, PRODUCTION, NEXT, RunStatus.SUCCEEDED, null);
    world.sends();

    var made = written("/deployments ");
    assertThat(made).hasSize(2);
    assertThat(made.getFirst())
        .contains("\"required_contexts\":[]")
        .contains("\"auto_merge\":false")
        .contains("\"production_environment\":true")
        .contains("\"environment\":\"ornithology\"");
    var states = written("/deployments/\\d+/statuses .*");
    assertThat(states).hasSize(4);
    assertThat(states.get(1))
        .contains("\"state\":\"pending\"")
        .contains("\"log_url\":\"https://aviary");
    assertThat(states.get(2)).contains("\"state\":\"success\"").contains("\"auto_inactive\":true");
    assertThat(states.get(3)).contains("\"state\":\"inactive\"").startsWith(prefix(states.get(0)));
  }

  @Test
  void thePullRequestGetsOneCommentThatIsKeptUpToDate() {
    var world = world(github.url(), token());
    world.happens(1, CANARY, GOOD, RunStatus.QUEUED, null);
    world.sends();
    world.happens(
        1, CANARY, GOOD, RunStatus.ROLLED_BACK, "2.3 × the baseline's\nwith hunter22-secret");
    world.sends();

    assertThat(written("/issues/42/comments .*")).hasSize(1);
    var update = written("/issues/comments/9 .*");
    assertThat(update).hasSize(1);
    assertThat(update.getFirst())
        .startsWith("PATCH")
        .contains("was **rolled back**", "2.3 × the baseline's", "https://aviary.example/runs/1")
        .doesNotContain("hunter22");
  }

  @Test
  void aCommentOfSomebodyElseThatBeginsLikeAviarysIsLeftAlone() {
    github.commentedBySomebody("<!-- aviary:ornithology -->\nshipped already");
    var world = world(github.url(), token());
    world.happens(1, CANARY, GOOD, RunStatus.QUEUED, null);
    world.sends();
    world.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();

    assertThat(written("/issues/42/comments .*")).hasSize(1);
    assertThat(written("/issues/comments/9 .*")).hasSize(1);
    assertThat(problem()).isNull();
  }

  @Test
  void anAppSignsInByATokenOfItsInstallation() {
    var world = world(github.url(), AppKey.properties());

    world.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();

    assertThat(problem()).isNull();
    assertThat(statuses()).hasSize(1);
    assertThat(github.authorizations.getFirst()).startsWith("Bearer eyJ");
    assertThat(github.authorizations.getLast()).endsWith("ghs_installation");
  }

  @Test
  void anAppsTokenIsKeptWhileItIsGoodAndRenewedBeforeItExpires() {
    var world = world(github.url(), AppKey.properties());
    world.happens(1, CANARY, GOOD, RunStatus.RUNNING, null);
    world.sends();
    world.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();
    assertThat(written("/access_tokens")).hasSize(1);

    github.tokensLive(Duration.ofMinutes(4));
    var hasty = world(github.url(), AppKey.properties());
    hasty.happens(2, CANARY, NEXT, RunStatus.RUNNING, null);
    hasty.sends();
    var before = written("/access_tokens").size();
    hasty.happens(2, CANARY, NEXT, RunStatus.SUCCEEDED, null);
    hasty.sends();

    assertThat(written("/access_tokens")).hasSizeGreaterThan(before);
    assertThat(statuses()).hasSize(4);
  }

  @Test
  void aTokenThatIsNotKnownIsShownWithWhatToCheckAndTriedAgain() {
    var world = world(github.url(), token());
    github.refuse(401, Map.of());
    world.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();
    assertThat(problem()).startsWith("401").contains("check aviary.github");

    github.refuse(0, Map.of());
    now = now.plusSeconds(2);
    world.sends();
    assertThat(statuses()).hasSize(1);
    assertThat(problem()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 422})
  void whatIsRefusedIsShownAndTriedSeldomerAndSeldomer(int code) {
    var world = world(github.url(), token());
    github.refuse(code, Map.of());
    world.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    for (var second = 0; second < 25 * 3600; second += 20) {
      now = now.plusSeconds(20);
      world.sends();
    }

    var posts =
        github.requests.stream()
            .filter(it -> it.method().equals("POST") && it.address().contains("/statuses/"))
            .count();
    assertThat(posts).isBetween(40L, 70L);
    assertThat(problem()).startsWith(String.valueOf(code));
    assertThat(new Reports(jdbc).due(now.plus(Duration.ofDays(9)), 10)).isEmpty();
  }

  @Test
  void whatWasMadeUnheardIsFoundAgainAndNotMadeTwice() {
    var world = world(github.url(), token());
    github.loseAnswers(true);
    world.happens(1, PRODUCTION, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();
    assertThat(statuses()).hasSize(1);
    assertThat(written("/deployments ")).hasSize(1);
    assertThat(written("/issues/42/comments ")).hasSize(1);

    github.loseAnswers(false);
    now = now.plusSeconds(2);
    // As a server that died and comes back: it remembers what is in the database.
    world(github.url(), token()).sends();

    assertThat(statuses()).hasSize(1);
    assertThat(written("/deployments ")).hasSize(1);
    assertThat(written("/deployments/\\d+/statuses ")).hasSize(1);
    assertThat(written("/issues/42/comments ")).hasSize(1);
    assertThat(problem()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST .*/issues/42/comments ",
        "PATCH .*/issues/comments/9 .*live in production",
        "POST .*/deployments/\\d+/statuses .*pending",
        "POST .*/deployments/\\d+/statuses .*replaced by",
        "POST .*/statuses/[0-9a-f]{40} .*pending",
        "POST .*/statuses/[0-9a-f]{40} .*success"
      })
  void whatWasSentJustBeforeAServerDiedIsNotSentAgain(String last) {
    runs(GOOD, 1, last);
    runs(NEXT, 2, last);

    assertThat(deaths).isPositive();
    assertThat(github.written).as("nothing twice").doesNotHaveDuplicates();
    assertThat(statuses())
        .containsExactly(
            "pending running aviary/ornithology/production",
            "success succeeded aviary/ornithology/production",
            "pending running aviary/ornithology/production",
            "success succeeded aviary/ornithology/production");
    assertThat(deploymentStates())
        .containsExactly("pending", "success", "pending", "success", "inactive");
    assertThat(written("/issues/42/comments .*")).hasSize(1);
    assertThat(written("/issues/comments/9 .*")).hasSize(3);
  }

  /** A production run, told by servers each of which dies once it has sent what is given. */
  private void runs(String revision, long run, String last) {
    for (var status : List.of(RunStatus.RUNNING, RunStatus.SUCCEEDED)) {
      dying(last).happens(run, PRODUCTION, revision, status, null);
      for (var server = 0; server < 5 && !isToldBy(dying(last)); server++) {
        now = now.plus(LATER);
      }
    }
  }

  @Test
  void gitHubIsAskedWhatItHasHeardOnceAfterADeathAndNeverElse() {
    var world = world(github.url(), token());
    world.happens(1, CANARY, GOOD, RunStatus.RUNNING, null);
    world.sends();
    assertThat(github.looks()).isZero();

    var dying = dying("/statuses/[0-9a-f]{40} .*success");
    dying.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    assertThat(isToldBy(dying)).isFalse();
    now = now.plus(LATER);
    world.sends();
    assertThat(github.looks()).isEqualTo(1);

    world.happens(2, CANARY, NEXT, RunStatus.SUCCEEDED, null);
    world.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();
    assertThat(github.looks()).isEqualTo(1);
    assertThat(statuses()).hasSize(3);
  }

  @Test
  void whatIsNewSinceAServerDiedIsToldAfterWhatItTold() {
    var dying = dying("/statuses/[0-9a-f]{40} .*pending");
    dying.happens(1, CANARY, GOOD, RunStatus.RUNNING, null);
    assertThat(isToldBy(dying)).isFalse();
    now = now.plus(LATER);

    var world = world(github.url(), token());
    world.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();

    assertThat(statuses())
        .containsExactly(
            "pending running aviary/ornithology/canary",
            "success succeeded aviary/ornithology/canary");
  }

  /** What is on record here was not what GitHub has heard last. */
  @Test
  void whatWasSoBeforeAServerDiedAndIsSoAgainIsToldAgain() {
    var world = world(github.url(), token());
    world.happens(1, CANARY, GOOD, RunStatus.RUNNING, null);
    world.sends();
    var dying = dying("/statuses/[0-9a-f]{40} .*waiting");
    dying.happens(1, CANARY, GOOD, RunStatus.WAITING, null);
    assertThat(isToldBy(dying)).isFalse();
    now = now.plus(LATER);

    world.happens(1, CANARY, GOOD, RunStatus.RUNNING, null);
    world.sends();

    assertThat(statuses())
        .containsExactly(
            "pending running aviary/ornithology/canary",
            "pending waiting aviary/ornithology/canary",
            "pending running aviary/ornithology/canary");
  }

  /** Another pipeline's status of the same commit, or a retry's, is another one. */
  @Test
  void onlyTheSameContextStateWordsAndAddressAreTheSameStatus() {
    var world = world(github.url(), token());
    world.happens(1, CANARY, GOOD, RunStatus.FAILED, null);
    world.sends();
    github.refuse(502, Map.of());
    world.happens(2, PRODUCTION, GOOD, RunStatus.FAILED, null);
    world.happens(3, CANARY, GOOD, RunStatus.FAILED, null);
    world.sends();
    github.refuse(0, Map.of());
    now = now.plus(LATER);

    world.sends();

    assertThat(written("/statuses/[0-9a-f]{40} .*").stream().map(it -> field(it, "target_url")))
        .containsExactly(
            "https://aviary.example/runs/1",
            "https://aviary.example/runs/2",
            "https://aviary.example/runs/3");
  }

  @Test
  void aLimitOfLooksIsWaitedForToo() {
    var dying = dying("/statuses/[0-9a-f]{40} ");
    dying.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    assertThat(isToldBy(dying)).isFalse();
    now = now.plus(LATER);
    github.refuseLooks(429, Map.of("Retry-After", "90"));
    var world = world(github.url(), token());
    world.sends();
    assertThat(problem()).startsWith("429");
    github.refuseLooks(0, Map.of());

    now = now.plusSeconds(89);
    world.sends();
    assertThat(problem()).startsWith("429");
    now = now.plusSeconds(1);
    world.sends();

    assertThat(problem()).isNull();
    assertThat(statuses()).hasSize(1);
  }

  @Test
  void aDeploymentThatIsToldAfterItsSuccessorIsInactiveFromTheBeginning() {
    var world = world(github.url(), token());
    github.refuse(502, Map.of());
    world.happens(1, PRODUCTION, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();
    github.refuse(0, Map.of());
    world.happens(2, PRODUCTION, NEXT, RunStatus.SUCCEEDED, null);
    world.sends();
    assertThat(deploymentStates()).containsExactly("success");

    now = now.plusSeconds(2);
    world.sends();

    assertThat(deploymentStates()).containsExactly("success", "inactive");
  }

  @Test
  void aDeploymentThatItsSuccessorHasReplacedIsNotSaidToBeLiveAgain() {
    var dying = dying("/deployments/\\d+/statuses ");
    dying.happens(1, PRODUCTION, GOOD, RunStatus.SUCCEEDED, null);
    assertThat(isToldBy(dying)).isFalse();
    var world = world(github.url(), token());
    world.happens(2, PRODUCTION, NEXT, RunStatus.SUCCEEDED, null);
    world.sends();
    assertThat(deploymentStates()).containsExactly("success", "success", "inactive");

    now = now.plus(LATER);
    world.sends();

    assertThat(deploymentStates()).containsExactly("success", "success", "inactive");
  }

  @Test
  void theRepositoryIsAskedForOnceAndAgainAfterAFault() {
    var world = world(github.url(), token());
    world.happens(1, CANARY, GOOD, RunStatus.RUNNING, null);
    world.sends();
    world.happens(1, CANARY, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();
    assertThat(lookedAtTheRepository()).isEqualTo(1);

    github.refuse(404, Map.of());
    world.happens(2, CANARY, NEXT, RunStatus.SUCCEEDED, null);
    world.sends();
    github.refuse(0, Map.of());
    now = now.plusSeconds(2);
    world.sends();
    assertThat(lookedAtTheRepository()).isGreaterThan(1);
    assertThat(statuses()).hasSize(3);
  }

  private long lookedAtTheRepository() {
    return github.requests.stream()
        .filter(it -> it.address().equals("/repos/otomato/ornithology"))
        .count();
  }

  @Test
  void aKeyAsGitHubHandsItOutIsRead() throws Exception {
    var pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    var pkcs8 = pair.getPrivate().getEncoded();
    // What is inside of PKCS#8 after its 26 bytes of header is PKCS#1.
    var pkcs1 = java.util.Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
    var jwt =
        new AppJwt(
            "1",
            "-----BEGIN RSA PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pkcs1)
                + "\n-----END RSA PRIVATE KEY-----\n",
            clock);

    var parts = jwt.getEncodedAuthorization().substring("Bearer ".length()).split("\\.", 3);

    var check = java.security.Signature.getInstance("SHA256withRSA");
    check.initVerify(pair.getPublic());
    check.update((parts[0] + "." + parts[1]).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    assertThat(check.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
  }

  /** The project's stand-in, which knows commits and statuses as GitHub does. */
  @Test
  void theStandInHearsTheSame(@TempDir Path folder) {
    try (var hub = GitHubStandIn.start(folder)) {
      var revision = hub.pushSilently("otomato/ornithology", Map.of("a", "b"), "one", "master");
      var url = URI.create(hub.apiUrl());
      var world = world(url, token());
      world.happens(1, PRODUCTION, revision, RunStatus.SUCCEEDED, null);

      world.sends();

      assertThat(jdbc.sql("SELECT problem FROM github_report").query(String.class).list())
          .containsOnlyNulls();
      assertThat(hub.statuses("otomato/ornithology").toString())
          .contains("aviary/ornithology/production")
          .contains("success");
      assertThat(hub.deployments("otomato/ornithology")).hasSize(1);
    }
  }

  // ----

  private GitHubProperties token() {
    return new GitHubProperties(null, true, true, false, true);
  }

  private Reporting world(URI url, GitHubProperties properties) {
    return new Reporting(jdbc, url, properties, runs, clock);
  }

  /** A server that is gone between sending the first report like this and recording it. */
  private Reporting dying(String after) {
    var before = written(after).size();
    return new Reporting(
        jdbc,
        github.url(),
        token(),
        runs,
        () -> {
          if (written(after).size() > before) {
            throw new Death();
          }
          return now;
        });
  }

  /** Nothing of a server catches it. */
  private static final class Death extends Error {
    private static final long serialVersionUID = 1L;
  }

  private boolean isToldBy(Reporting server) {
    try {
      server.sends();
      return true;
    } catch (Death e) {
      deaths++;
      return false;
    }
  }

  private List<String> deploymentStates() {
    return written("/deployments/\\d+/statuses .*").stream().map(it -> field(it, "state")).toList();
  }

  private List<String> statuses() {
    return written("/statuses/[0-9a-f]{40} .*").stream()
        .map(it -> field(it, "state") + " " + field(it, "description") + " " + field(it, "context"))
        .toList();
  }

  private List<String> written(String pattern) {
    return List.copyOf(github.written).stream()
        .filter(it -> java.util.regex.Pattern.compile(pattern).matcher(it).find())
        .toList();
  }

  private static String field(String json, String name) {
    var found = java.util.regex.Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
    assertThat(found.find()).as("%s in %s", name, json).isTrue();
    return found.group(1);
  }

  private static String prefix(String write) {
    return write.substring(0, write.indexOf('{'));
  }

  private @Nullable String problem() {
    return (String)
        jdbc.sql("SELECT problem FROM github_report WHERE kind = 'STATUS'")
            .query()
            .singleRow()
            .get("problem");
  }
}
