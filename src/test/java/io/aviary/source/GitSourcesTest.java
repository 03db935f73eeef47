package io.aviary.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.AviaryProperties;
import io.aviary.release.LiveConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.eclipse.jgit.transport.Daemon;
import org.eclipse.jgit.transport.PacketLineOut;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitSourcesTest {

  private static final String ZEROS = "0".repeat(40);
  private static final String NOBODYS = "1234567".repeat(5) + "12345";

  @TempDir Path folder;
  private TestRepository repository;
  private GitSources sources;

  @BeforeEach
  void start() {
    repository = new TestRepository(folder.resolve("remote.git"));
    sources = sources(null);
  }

  @AfterEach
  void stop() {
    sources.close();
    repository.close();
  }

  private GitSources sources(@Nullable String token) {
    var aviary =
        new AviaryProperties(
            URI.create("http://localhost"),
            new AviaryProperties.GitHub(URI.create("https://api.github.com"), token),
            new AviaryProperties.Build(null, false, null, null, "builder", false),
            new AviaryProperties.Prometheus(null),
            new AviaryProperties.Security(List.of(), List.of()),
            List.of());
    return new GitSources(
        new LiveConfiguration(aviary),
        new SourceProperties(
            folder.resolve("histories"), Duration.ofSeconds(1), Duration.ofSeconds(20)));
  }

  private static ApplicationProperties application(String url) {
    return Example.application(url, Map.of());
  }

  private ApplicationProperties here() {
    return application(repository.fileUrl());
  }

  private static SourceException failure(Callable<?> call) {
    return assertThatExceptionOfType(SourceException.class).isThrownBy(call::call).actual();
  }

  @Nested
  class Fetching {

    @Test
    void tellsWhoMadeTheCommit() {
      repository.write("a.txt", "a").commit("master", "One");
      var revision = repository.write("a.txt", "b").commit("master", "Two\n\nIn words.\n");
      try (var checkout = sources.fetch(here(), revision)) {
        assertThat(checkout.revision()).isEqualTo(revision);
        assertThat(checkout.message()).isEqualTo("Two\n\nIn words.\n");
        assertThat(checkout.authorName()).isEqualTo("Ada");
        assertThat(checkout.authorEmail()).isEqualTo("ada@example.com");
        assertThat(checkout.authoredAt()).isEqualTo(TestRepository.AUTHORED);
      }
    }

    @Test
    void readsTheFilesOfThatCommit() {
      var older = repository.write("aviary.yml", "older").commit("master", "One");
      repository.write("aviary.yml", "newer").commit("master", "Two");
      try (var checkout = sources.fetch(here(), older)) {
        assertThat(checkout.read("aviary.yml")).contains("older");
        assertThat(checkout.read("./aviary.yml")).contains("older");
        assertThat(checkout.read("none.yml")).isEmpty();
        assertThat(checkout.read("aviary.yml/none")).isEmpty();
      }
    }

    @Test
    void listsFolders() {
      repository.write("b.yml", "").write("chart/Chart.yaml", "").write("chart/t/a.yml", "");
      repository.link("link", "b.yml").submodule("module");
      var revision = repository.commit("master", "One");
      try (var checkout = sources.fetch(here(), revision)) {
        assertThat(checkout.list(".")).containsExactly("b.yml", "chart/", "link", "module");
        assertThat(checkout.list("chart")).containsExactly("Chart.yaml", "t/");
        assertThat(checkout.list("chart/")).containsExactly("Chart.yaml", "t/");
        assertThat(checkout.list("none")).isEmpty();
        assertThat(checkout.list("b.yml")).isEmpty();
        assertThat(checkout.exists("chart/t/a.yml")).isTrue();
        assertThat(checkout.exists("chart")).isTrue();
        assertThat(checkout.exists("chart/none")).isFalse();
      }
    }

    @Test
    void refusesWhatIsNoPlainFileOfTheCommit() {
      repository
          .write("folder/a", "a")
          .write("bytes", new byte[] {'a', (byte) 0xff})
          .write("large", new byte[(1 << 20) + 1])
          .write("largest", new byte[1 << 20])
          .link("link", "/etc/passwd")
          .submodule("module");
      var revision = repository.commit("master", "One");
      try (var checkout = sources.fetch(here(), revision)) {
        var sentences =
            Map.ofEntries(
                Map.entry("../a", "has no .. in it"),
                Map.entry("folder/../folder/a", "has no .. in it"),
                Map.entry("/etc/passwd", "relative to the commit's root"),
                Map.entry("folder\\a", "relative to the commit's root"),
                Map.entry("", "relative to the commit's root"),
                Map.entry("folder", "it is a folder"),
                Map.entry("link", "symbolic link"),
                Map.entry("link/a", "symbolic link"),
                Map.entry("module", "submodule"),
                Map.entry("module/a", "submodule"),
                Map.entry("bytes", "not text in UTF-8"),
                Map.entry("large", "1048577 bytes, more than the 1048576 allowed"));
        sentences.forEach(
            (path, sentence) -> {
              var failure = failure(() -> checkout.read(path));
              assertThat(failure).hasMessageContaining(sentence).hasMessageContaining(revision);
              assertThat(failure.isRejection()).isTrue();
            });
        assertThat(checkout.read("largest")).isPresent();
      }
    }

    @Test
    void dropsAByteOrderMark() {
      var revision = repository.write("aviary.yml", "\uFEFFimages:").commit("master", "One");
      try (var checkout = sources.fetch(here(), revision)) {
        assertThat(checkout.read("aviary.yml")).contains("images:");
      }
    }

    @Test
    void leavesNothingBehind() throws Exception {
      var revision = repository.write("a", "a").commit("master", "One");
      var checkout = (GitCheckout) sources.fetch(here(), revision);
      assertThat(checkout.folder()).exists();
      checkout.close();
      assertThat(checkout.folder()).doesNotExist();
      failure(() -> sources.fetch(here(), NOBODYS));
      assertThat(checkout.folder().getParent()).isEmptyDirectory();
      sources.close();
      assertThat(checkout.folder().getParent()).doesNotExist();
    }

    @Test
    void saysThatTheCommitIsNotThere() {
      repository.write("a", "a").commit("master", "One");
      var failure = failure(() -> sources.fetch(here(), NOBODYS));
      assertThat(failure)
          .hasMessage(
              "cannot fetch commit %s from %s: there is no such commit, neither by its revision nor"
                  + " in branch 'master'",
              NOBODYS, repository.fileUrl());
      assertThat(failure.isRejection()).isTrue();
    }

    @Test
    void wantsAFullRevision() {
      repository.write("a", "a").commit("master", "One");
      assertThat(failure(() -> sources.fetch(here(), "2a034bf")))
          .hasMessageContaining("'2a034bf'")
          .hasMessageContaining("40 hexadecimal digits");
    }
  }

  @Nested
  class Branches {

    @Test
    void haveAHead() {
      repository.write("a", "a").commit("master", "One");
      var two = repository.write("a", "b").commit("master", "Two");
      assertThat(sources.head(here())).isEqualTo(two);
    }

    @Test
    void mayNotBeThere() {
      repository.write("a", "a").commit("main", "One");
      var failure = failure(() -> sources.head(here()));
      assertThat(failure)
          .hasMessage(
              "cannot read the head of branch 'master' from %s: there is no such branch",
              repository.fileUrl());
      assertThat(failure.isRejection()).isTrue();
    }

    @Test
    void containTheirAncestorsOnly() {
      var one = repository.write("a", "a").commit("master", "One");
      var two = repository.write("a", "b").commit("master", "Two");
      var other = repository.write("a", "c").commit("feature", "Three", one);
      assertThat(sources.since(here(), two)).isPresent();
      assertThat(sources.since(here(), one)).isPresent();
      assertThat(sources.since(here(), other)).isEmpty();
      assertThat(sources.since(here(), NOBODYS)).isEmpty();
    }

    @Test
    void areAskedAnewEachTime() {
      var one = repository.write("a", "a").commit("master", "One");
      var two = repository.write("a", "b").commit("master", "Two");
      assertThat(sources.since(here(), one)).isPresent();
      var three = repository.write("a", "c").commit("master", "Three");
      var four = repository.write("a", "d").commit("master", "Four");
      assertThat(sources.since(here(), three)).isPresent();
      // A force-push back, then on to something else.
      repository.reset("master", one);
      assertThat(sources.since(here(), four)).isEmpty();
      assertThat(sources.since(here(), two)).isEmpty();
      repository.write("a", "e").commit("master", "Five");
      assertThat(sources.since(here(), one)).isPresent();
      assertThat(sources.since(here(), two)).isEmpty();
    }

    @Test
    void knowTheirCommitsByAFewDigits() {
      var one = repository.write("a", "a").commit("master", "One");
      var two = repository.write("a", "b").commit("master", "Two");
      var other = repository.write("a", "c").commit("feature", "Three", one);
      assertThat(sources.resolve(here(), one.substring(0, 7))).isEqualTo(one);
      assertThat(sources.resolve(here(), one.substring(0, 7).toUpperCase(Locale.ROOT)))
          .isEqualTo(one);
      assertThat(sources.resolve(here(), one)).isEqualTo(one);
      assertThat(sources.resolve(here(), two)).isEqualTo(two);
      for (var none : List.of(other.substring(0, 7), other, NOBODYS, "abc", "master", "")) {
        assertThat(failure(() -> sources.resolve(here(), none)).isRejection()).isTrue();
      }
    }

    @Test
    void tellCommitsApartThatBeginAlike() {
      var seen = new HashMap<String, String>();
      String twice = null;
      while (twice == null) {
        var revision = repository.write("a", "" + seen.size()).commit("master", "Next");
        twice = seen.put(revision.substring(0, 4), revision) == null ? null : revision;
      }
      var prefix = twice.substring(0, 4);
      assertThat(failure(() -> sources.resolve(here(), prefix)))
          .hasMessageContaining("several that begin so; give more digits")
          .hasMessageContaining(twice);
    }

    @Test
    void surviveADamagedHistory() throws Exception {
      var one = repository.write("a", "a").commit("master", "One");
      repository.write("a", "b").commit("master", "Two");
      assertThat(sources.since(here(), one)).isPresent();
      try (var files = Files.walk(folder.resolve("histories"))) {
        for (var pack : files.filter(file -> file.toString().endsWith(".pack")).toList()) {
          Files.delete(pack);
        }
      }
      assertThat(sources.since(here(), one)).isPresent();
    }

    @Test
    void doNotPileUpPacks() {
      var first = repository.write("a", "a").commit("master", "One");
      for (var i = 0; i < 70; i++) {
        repository.write("a", "" + i).commit("master", "Next");
        assertThat(sources.since(here(), first)).isPresent();
      }
      var history = folder.resolve("histories").toFile().listFiles();
      assertThat(history).hasSize(1);
      var packs = history[0].toPath().resolve("objects/pack").toFile();
      assertThat(packs.listFiles((_, name) -> name.endsWith(".pack"))).hasSizeLessThan(66);
    }
  }

  @Nested
  class Changes {

    @Test
    void areThePathsThatDiffer() {
      repository.write("a", "1").write("b/c", "1").write("b/d", "1").write("e", "1");
      var one = repository.commit("master", "One");
      var two = repository.write("b/c", "2").commit("master", "Two");
      var three = repository.delete("e").write("f/g", "1").commit("master", "Three");
      assertThat(sources.changedPaths(here(), one, two)).containsExactly("b/c");
      assertThat(sources.changedPaths(here(), two, three)).containsExactly("e", "f/g");
      assertThat(sources.changedPaths(here(), one, three)).containsExactly("b/c", "e", "f/g");
      assertThat(sources.changedPaths(here(), three, three)).isEmpty();
    }

    @Test
    void ofANewBranchAreAllItsFiles() {
      var one = repository.write("a", "1").commit("master", "One");
      var two = repository.write("b", "2").commit("master", "Two");
      assertThat(sources.changedPaths(here(), ZEROS, two)).containsExactly("a", "b");
      assertThat(sources.changedPaths(here(), ZEROS, one)).containsExactly("a");
      assertThat(sources.changedPaths(here(), NOBODYS, two)).containsExactly("a", "b");
    }
  }

  @Nested
  class OverHttp {

    private TestGitServer server;

    @BeforeEach
    void serve() {
      server = new TestGitServer(repository);
    }

    @AfterEach
    void end() {
      server.close();
    }

    private ApplicationProperties there() {
      return application(server.url());
    }

    @Test
    void filesAreFetchedWhenTheyAreRead() throws Exception {
      repository.allow("allowFilter");
      repository.allow("allowAnySHA1InWant");
      repository.write("large", new byte[300_000]).write("a", "a").write("b", "b");
      var revision = repository.commit("master", "One");
      try (var checkout = (GitCheckout) sources.fetch(there(), revision)) {
        assertThat(checkout.list(".")).containsExactly("a", "b", "large");
        var before = server.requests.size();
        checkout.prefetch(List.of("a", "b", "none", "../a"));
        var after = server.requests.size();
        assertThat(after).isGreaterThan(before);
        assertThat(checkout.read("a")).contains("a");
        assertThat(checkout.read("b")).contains("b");
        assertThat(server.requests).hasSize(after);
        assertThat(checkout.read("large")).isPresent();
        assertThat(server.requests).hasSizeGreaterThan(after);
      }
    }

    @Test
    void aServerMayHandOutOnlyWhatItsRefsAreAt() {
      repository.allow("allowFilter");
      var older = repository.write("a", "1").commit("master", "One");
      var newer = repository.write("a", "2").commit("master", "Two");
      for (var revision : List.of(older, newer)) {
        try (var checkout = sources.fetch(there(), revision)) {
          assertThat(checkout.read("a")).contains(revision.equals(older) ? "1" : "2");
        }
      }
      assertThat(failure(() -> sources.fetch(there(), NOBODYS)).isRejection()).isTrue();
    }

    @Test
    void historiesAndChangesNeedNoFiles() {
      repository.allow("allowFilter");
      repository.allow("allowAnySHA1InWant");
      var one = repository.write("a", "1").write("b", "1").commit("master", "One");
      repository.write("a", "2").commit("master", "Two");
      var three = repository.write("a", "3").commit("master", "Three");
      assertThat(sources.since(there(), one)).isPresent();
      assertThat(sources.resolve(there(), one.substring(0, 8))).isEqualTo(one);
      repository.write("a", "4").commit("master", "Four");
      assertThat(sources.since(there(), three)).isPresent();
      assertThat(sources.changedPaths(there(), one, three)).containsExactly("a");
    }

    @Test
    void theTokenIsThePassword() {
      var revision = repository.write("a", "a").commit("master", "One");
      server.token = "ghp_1234";
      sources = sources("ghp_1234");
      try (var checkout = sources.fetch(there(), revision)) {
        assertThat(checkout.read("a")).contains("a");
      }
      assertThat(sources.head(there())).isEqualTo(revision);
      assertThat(server.authorizations).isNotEmpty().containsOnly(TestGitServer.basic("ghp_1234"));
    }

    @Test
    void nobodyWhoDoesNotAskIsSentTheToken() {
      repository.write("a", "a").commit("master", "One");
      sources = sources("ghp_1234");
      sources.head(there());
      assertThat(server.authorizations).isEmpty();
    }

    @Test
    void aRenamedRepositoryIsFound() {
      var revision = repository.write("a", "a").commit("master", "One");
      try (var old = new TestGitServer(repository)) {
        old.redirect = "http://localhost:" + server.port();
        assertThat(sources.head(application(old.url()))).isEqualTo(revision);
      }
    }

    @Test
    void theTokenStaysOnItsHostWhateverARedirectSays() {
      repository.write("a", "a").commit("master", "One");
      sources = sources("ghp_1234");
      try (var own = new TestGitServer(repository)) {
        own.token = "ghp_1234";
        own.redirect = "http://localhost:" + server.port();
        server.token = "other";
        var failure = failure(() -> sources.head(application(own.url())));
        assertThat(failure.isRejection()).isTrue();
        assertThat(own.authorizations).containsOnly(TestGitServer.basic("ghp_1234"));
        assertThat(server.requests).isNotEmpty();
        assertThat(server.authorizations).isEmpty();
      }
    }

    @Test
    void credentialsOfTheUrlAreUsedAndNeverShown() {
      var revision = repository.write("a", "a").commit("master", "One");
      server.token = "pa55word";
      var url = server.url().replace("http://", "http://aviary:pa55word@");
      assertThat(sources.head(application(url))).isEqualTo(revision);
      server.token = "other";
      var failure = failure(() -> sources.head(application(url)));
      assertThat(failure).hasMessageContaining(server.url());
      assertThat(failure.getMessage()).doesNotContain("pa55word").doesNotContain("aviary:");
    }

    @Test
    void eachAnswerReadsAsWhatItMeans() {
      repository.write("a", "a").commit("master", "One");
      server.token = "ghp_1234";
      assertThat(failure(() -> sources.head(there())))
          .hasMessage(
              "cannot read the head of branch 'master' from %s: authentication refused (HTTP 401);"
                  + " it is private: set aviary.github.token",
              server.url())
          .returns(true, SourceException::isRejection);
      try (var wrong = sources("wrong")) {
        assertThat(failure(() -> wrong.head(there())))
            .hasMessageEndingWith(
                "authentication refused (HTTP 401); aviary.github.token may not read it")
            .returns(true, SourceException::isRejection);
      }
      server.token = null;
      server.status = 403;
      assertThat(failure(() -> sources.head(there())))
          .hasMessageContaining("authentication refused (HTTP 403)")
          .returns(true, SourceException::isRejection);
      server.status = 404;
      assertThat(failure(() -> sources.head(there())))
          .hasMessageContaining("there is no such repository (HTTP 404)")
          .returns(true, SourceException::isRejection);
      server.status = 503;
      assertThat(failure(() -> sources.head(there())))
          .hasMessageContaining("the server answers HTTP 503")
          .returns(false, SourceException::isRejection);
    }

    @Test
    void aServerThatDoesNotAnswerIsAFault() {
      server.silent = true;
      assertThat(failure(() -> sources.head(there())))
          .hasMessageContaining("no answer within 1 s")
          .returns(false, SourceException::isRejection);
    }

    @Test
    void nobodyListensOrKnowsTheHost() {
      var url = server.url();
      server.close();
      assertThat(failure(() -> sources.head(application(url))))
          .hasMessageContaining("cannot connect to localhost: Connection refused")
          .returns(false, SourceException::isRejection);
      assertThat(failure(() -> sources.head(application("http://git.invalid/a/b.git"))))
          .hasMessage(
              "cannot read the head of branch 'master' from http://git.invalid/a/b.git: there is no"
                  + " host named git.invalid")
          .returns(false, SourceException::isRejection);
    }
  }

  @Nested
  class OverGit {

    @Test
    void aDaemonIsAsked() throws Exception {
      var revision = repository.write("a", "a").commit("master", "One");
      var daemon = new Daemon(new InetSocketAddress("localhost", 0));
      daemon.getService("git-upload-pack").setEnabled(true);
      daemon.setRepositoryResolver(
          (_, _) -> {
            repository.git().incrementOpen();
            return repository.git();
          });
      daemon.start();
      var there = application("git://localhost:" + daemon.getAddress().getPort() + "/a.git");
      sources = sources("ghp_1234");
      assertThat(sources.head(there)).isEqualTo(revision);
      try (var checkout = sources.fetch(there, revision)) {
        assertThat(checkout.read("a")).contains("a");
      }
      daemon.stopAndWait();
      assertThat(failure(() -> sources.head(there)).isRejection()).isFalse();
    }

    @Test
    void aDaemonThatRefusesIsQuoted() throws Exception {
      try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        var words = "ERR access denied or repository not exported: /a.git";
        var daemon =
            Thread.ofVirtual()
                .start(
                    () -> {
                      try (var socket = listener.accept()) {
                        var lines = new PacketLineOut(socket.getOutputStream());
                        lines.writeString(words);
                        // The client hangs up once it has read.
                        var _ = socket.getInputStream().readAllBytes();
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    });
        var there = application("git://localhost:" + listener.getLocalPort() + "/a.git");
        assertThat(failure(() -> sources.head(there)))
            .hasMessageEndingWith(
                "the server says: access denied or repository not exported: /a.git")
            .returns(true, SourceException::isRejection);
        daemon.join();
      }
    }
  }

  @Test
  void aFileUrlMayNameNoRepository() {
    var none = application(folder.resolve("none.git").toUri().toString());
    assertThat(failure(() -> sources.head(none)))
        .hasMessageContaining("there is no git repository")
        .returns(true, SourceException::isRejection);
  }

  @Test
  void aCloneUrlHasAKnownScheme() {
    for (var url : List.of("git@github.com:otomato/ornithology.git", "ssh://a/b", "/tmp/a", "")) {
      var failure = failure(() -> sources.head(application(url)));
      assertThat(failure.isRejection()).isTrue();
      assertThat(failure).hasMessageContaining("clone");
    }
  }
}
