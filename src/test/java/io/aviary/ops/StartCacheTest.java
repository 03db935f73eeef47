package io.aviary.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which file of classes is whose. That one makes a start quick, bench/run start shows. */
class StartCacheTest {

  /** As in a reproducible build: always the same. */
  private static final FileTime BUILT = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

  @TempDir Path folder;
  private Path jar;
  private Path cache;

  @BeforeEach
  void aCacheIsThere() throws IOException {
    jar = folder.resolve("aviary.jar");
    cache = folder.resolve("start.aot");
    build("one build");
    var made = Files.writeString(folder.resolve("made"), "classes");
    origin("-Xmx384m").writeFor(cache, made);
    assertThat(made).doesNotExist();
  }

  private void build(String content) throws IOException {
    Files.writeString(jar, content);
    Files.setLastModifiedTime(jar, BUILT);
  }

  private StartCacheOrigin origin(String option) throws IOException {
    return StartCacheOrigin.of(jar, List.of(option));
  }

  @Test
  void itIsNotMadeAgainForTheSameJarAndOptions() throws IOException {
    assertThat(origin("-Xmx384m").isOf(cache)).isTrue();
    assertThat(StartCacheOrigin.deceives(cache, jar)).isFalse();
  }

  @Test
  void itIsMadeAgainForOtherOptionsAndForAnotherBuild() throws IOException {
    assertThat(origin("-Xmx512m").isOf(cache)).isFalse();
    build("two build");
    assertThat(origin("-Xmx384m").isOf(cache)).isFalse();
  }

  @Test
  void itIsMadeAgainIfItIsCutOffOrGone() throws IOException {
    Files.writeString(cache, "clas");
    assertThat(origin("-Xmx384m").isOf(cache)).isFalse();
    Files.delete(cache);
    assertThat(origin("-Xmx384m").isOf(cache)).isFalse();
    assertThat(StartCacheOrigin.deceives(cache, jar)).isFalse();
  }

  @Test
  void aBuildOfTheSameSizeAndTimeIsNotGivenTheClassesOfAnother() throws IOException {
    build("two build");
    assertThat(StartCacheOrigin.deceives(cache, jar)).isTrue();
    StartCacheOrigin.forget(cache);
    assertThat(cache).doesNotExist();
    assertThat(StartCacheOrigin.deceives(cache, jar)).isFalse();
  }

  @Test
  void aBuildOfAnotherSizeOrTimeIsSeenByTheJvmItself() throws IOException {
    build("another build");
    assertThat(StartCacheOrigin.deceives(cache, jar)).isFalse();
    build("two build");
    Files.setLastModifiedTime(jar, FileTime.from(BUILT.toInstant().plusSeconds(1)));
    assertThat(StartCacheOrigin.deceives(cache, jar)).isFalse();
  }

  @Test
  void aCacheThatSomebodyMadeByHandIsLeftAlone() throws IOException {
    var handmade = Files.writeString(folder.resolve("handmade.aot"), "classes");
    assertThat(StartCacheOrigin.deceives(handmade, jar)).isFalse();
  }

  @Test
  void classesThatAreInNoJarAreRefusedWithWhatToDo() throws IOException {
    var said = new ByteArrayOutputStream();
    var file = folder.resolve("other.aot");
    var code =
        StartCache.run(
            StartCacheTest.class,
            new String[] {"--start-cache=" + file},
            new PrintStream(said, true));
    assertThat(code).isEqualTo(1);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("-Djarmode=tools -jar aviary.jar extract");
    assertThat(file).doesNotExist();
  }
}
