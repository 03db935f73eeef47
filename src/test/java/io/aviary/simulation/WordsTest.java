package io.aviary.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.simulation.Words.Command;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WordsTest {

  @Test
  void splitsAScriptIntoCommands() {
    var script =
        """
        echo one; echo two >&2; echo -n 'it is $done' > /dev/log
        test "$S" = hush && test -r \\
          /secret/k || exit 3
        """;

    assertThat(Words.commands(script, Map.of("S", "hu sh")))
        .containsExactly(
            new Command(";", List.of("echo", "one"), ""),
            new Command(";", List.of("echo", "two"), ""),
            new Command(";", List.of("echo", "-n", "it is $done"), "/dev/log"),
            new Command(";", List.of("test", "hu sh", "=", "hush"), ""),
            new Command("&&", List.of("test", "-r", "/secret/k"), ""),
            new Command("||", List.of("exit", "3"), ""));
  }

  @Test
  void leavesUnknownVariablesAsTheyAre() {
    assertThat(Words.commands("a $1 ${B} \\$C", Map.of("B", "b")))
        .containsExactly(new Command(";", List.of("a", "$1", "b", "$C"), ""));
  }
}
