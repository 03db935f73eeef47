package io.aviary.simulation;

import io.aviary.simulation.Behaviour.Execution;
import io.aviary.simulation.Behaviour.Reply;
import io.aviary.simulation.Behaviour.Runs;
import io.aviary.simulation.Behaviour.Serves;
import io.aviary.simulation.Words.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The few commands that tests use instead of a program of their own, alone or in {@code sh -c}. A
 * script that holds others is unknown as a whole.
 */
final class Shell {

  private static final Set<String> SHELLS = Set.of("sh", "bash", "/bin/sh", "/bin/bash");
  private static final Set<String> COMMANDS =
      Set.of(
          "exit", "true", "false", "sleep", "echo", "touch", "mkdir", "test", "[", "set", "cat",
          "httpd");

  private final Execution execution;
  private final Set<String> files;

  private Shell(Execution execution) {
    this.execution = execution;
    this.files = new HashSet<>(execution.container().secretFiles().keySet());
  }

  /** What a container with this command does; empty: unknown. */
  static Optional<Behaviour> interpret(List<String> command, Map<String, String> env) {
    var commands = commands(command, env);
    if (commands.isEmpty()
        || !commands.stream().allMatch(each -> COMMANDS.contains(program(each)))) {
      return Optional.empty();
    }
    if (program(commands.getLast()).equals("httpd")) {
      return Optional.of(
          new Serves(
              (method, path, body) ->
                  path.equals("/")
                      ? new Reply.Answer(200, "")
                      : new Reply.Answer(404, "not found")));
    }
    return Optional.of(new Runs(execution -> new Shell(execution).run(commands)));
  }

  private int run(List<Command> commands) throws InterruptedException {
    var code = 0;
    for (var command : commands) {
      var skipped =
          command.after().equals("&&") ? code != 0 : command.after().equals("||") && code == 0;
      if (skipped) {
        continue;
      }
      var words = words(command);
      if (words.getFirst().equals("exit")) {
        return words.size() > 1 ? Integer.parseInt(words.get(1)) : code;
      }
      code = run(words, command.output());
    }
    return code;
  }

  private int run(List<String> words, String output) throws InterruptedException {
    var argument = words.size() > 1 ? words.get(1) : "";
    switch (words.getFirst()) {
      case "false" -> {
        return 1;
      }
      case "sleep" -> execution.pause(duration(argument));
      case "echo" -> print(words.subList(argument.equals("-n") ? 2 : 1, words.size()), output);
      case "cat" -> {
        var text = execution.container().secretFiles().get(argument);
        if (text == null) {
          execution.log("cat: can't open '" + argument + "': No such file or directory");
          return 1;
        }
        print(List.of(text), output);
      }
      case "touch", "mkdir" -> files.addAll(words.subList(1, words.size()));
      case "test", "[" -> {
        return holds(words.stream().filter(word -> !word.equals("]")).toList()) ? 0 : 1;
      }
      default -> {}
    }
    return 0;
  }

  private void print(List<String> words, String output) {
    var text = String.join(" ", words);
    if (output.equals("/dev/termination-log")) {
      execution.leave(text);
    } else if (output.isEmpty()) {
      execution.log(text);
    }
  }

  private boolean holds(List<String> words) {
    if (words.size() == 4) {
      return words.get(1).equals(words.get(3)) == words.get(2).equals("=");
    }
    return words.size() == 3 && files.contains(words.get(2));
  }

  private static Duration duration(String text) {
    return text.equals("infinity")
        ? Duration.ofDays(1000)
        : Duration.ofMillis((long) (1000 * Double.parseDouble(text)));
  }

  private static String program(Command command) {
    return words(command).getFirst();
  }

  private static List<String> words(Command command) {
    var words = new ArrayList<>(command.words());
    if (words.getFirst().equals("exec") && words.size() > 1) {
      words.removeFirst();
    }
    return words;
  }

  private static List<Command> commands(List<String> command, Map<String, String> env) {
    var script =
        command.size() > 2
            && SHELLS.contains(command.getFirst())
            && command.get(1).startsWith("-")
            && command.get(1).contains("c");
    return script ? Words.commands(command.get(2), env) : List.of(new Command(";", command, ""));
  }
}
