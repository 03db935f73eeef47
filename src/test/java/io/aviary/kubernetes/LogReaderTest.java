package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.kubernetes.Cluster.LogLine;
import io.aviary.release.masking.Masking;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogReaderTest {

  private static final Instant T = Instant.parse("2026-01-01T00:00:00.123456789Z");

  @Test
  void splitsLinesFromTheirTimeStamps() throws IOException {
    assertThat(read(T + " one  two\n" + T + " \n" + T.plusNanos(1) + " last without end", null))
        .containsExactly(
            new LogLine(T, "one  two"),
            new LogLine(T, ""),
            new LogLine(T.plusNanos(1), "last without end"));
  }

  @Test
  void leavesOutWhatWasReadBefore() throws IOException {
    assertThat(read(T.minusNanos(1) + " a\n" + T + " b\n" + T.plusNanos(1) + " c\n", T))
        .containsExactly(new LogLine(T.plusNanos(1), "c"));
  }

  @Test
  void cutsALineThatIsTooLongAndSaysSo() throws IOException {
    var lines = read(T + " " + "x".repeat(200_000) + "\n" + T + " next\n", null);

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).text())
        .hasSizeLessThan(70_000)
        .startsWith("xxx")
        .endsWith("more bytes of this line left out]");
    assertThat(lines.get(1).text()).isEqualTo("next");
  }

  @Test
  void masksSecretsAlsoWhereALineIsCutInsideOfOne() throws IOException {
    var lines =
        read(
            T + " key=hunter22-and-more;\n" + T + " " + "x".repeat(65_526) + "hunter22-and-more\n",
            null);

    assertThat(lines.get(0).text()).isEqualTo("key=***;");
    assertThat(lines.get(1).text()).doesNotContain("hunt").contains("x … [");
  }

  @Test
  void endsACallAfterEnoughAndTheNextGoesOn() throws IOException {
    var log = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      log.append(T.plusNanos(i / 2)).append(' ').append("y".repeat(60_000)).append('\n');
    }

    var first = read(log.toString(), null);
    var second = read(log.toString(), first.getLast().at());
    var third = read(log.toString(), second.getLast().at());

    assertThat(first).hasSizeBetween(100, 200);
    assertThat(first.size() % 2).as("lines of one moment are not parted").isZero();
    assertThat(first.size() + second.size() + third.size()).isEqualTo(400);
  }

  @Test
  void keepsWhatTheRuntimeSaysWithoutATimeStamp() throws IOException {
    assertThat(read(T + " a\nunable to retrieve container logs\n", null))
        .containsExactly(new LogLine(T, "a"), new LogLine(T, "unable to retrieve container logs"));
  }

  private static List<LogLine> read(String log, @Nullable Instant since) throws IOException {
    List<LogLine> lines = new ArrayList<>();
    new LogReader(since, new Masking(List.of("hunter22-and-more")), lines::add)
        .read(new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8)));
    return lines;
  }
}
