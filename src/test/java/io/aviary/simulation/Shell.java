package io.aviary.simulation;

import io.aviary.simulation.Behaviour.Execution;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The few commands that tests of tests use: {@code exit}, {@code true}, {@code false}, {@code
 * sleep}, {@code echo}, alone or one after the other in {@code sh -c}, until one fails.
 */
final class Shell {

  private static final List<String> SHELLS = List.of("sh", "bash", "/bin/sh", "/bin/bash");
  private static final List<String> COMMANDS = List.of("exit", "true", "false", "sleep", "echo");

  private Shell() {}

  static boolean knows(List<String> command) {
    return commands(command, Map.of()).stream()
        .allMatch(each -> COMMANDS.contains(each.getFirst()));
  }

  static int run(List<String> command, Map<String, String> env, Execution execution)
      throws InterruptedException {
    for (var words : commands(command, env)) {
      var argument = words.size() > 1 ? words.get(1) : "";
      switch (words.getFirst()) {
        case "exit" -> {
          return argument.isEmpty() ? 0 : Integer.parseInt(argument);
        }
        case "false" -> {
          return 1;
        }
        case "sleep" ->
            execution.pause(
                argument.equals("infinity")
                    ? Duration.ofDays(1000)
                    : Duration.ofMillis((long) (1000 * Double.parseDouble(argument))));
        case "echo" -> execution.log(String.join(" ", words.subList(1, words.size())));
        default -> {}
      }
    }
    return 0;
  }

  private static List<List<String>> commands(List<String> command, Map<String, String> env) {
    return command.size() > 2 && SHELLS.contains(command.getFirst()) && command.get(1).contains("c")
        ? Words.commands(command.get(2), env)
        : List.of(command);
  }
}
