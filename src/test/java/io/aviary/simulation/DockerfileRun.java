package io.aviary.simulation;

import io.aviary.simulation.SimulatedRegistry.Content;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Goes through a Dockerfile as a builder would, with the few instructions that the example needs.
 * {@code RUN} does nothing, but fails for {@code false} and {@code exit} with another code than 0.
 */
final class DockerfileRun {

  /** A build that fails, in the builder's words. */
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    Failure(String message) {
      super(message);
    }
  }

  private static final Pattern FAILS = Pattern.compile("false|exit\\s+([1-9]\\d*)");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)}?");

  private final Map<String, String> context;
  private final Map<String, String> arguments;
  private final Consumer<String> log;
  private final Map<String, String> variables = new HashMap<>();
  private final Map<String, String> env = new TreeMap<>();
  private final Map<String, String> labels = new TreeMap<>();
  private final Map<String, String> files = new TreeMap<>();
  private List<String> entryPoint = List.of();
  private List<String> command = List.of();

  /**
   * Prepares a build.
   *
   * @param context the files of the build context
   */
  DockerfileRun(Map<String, String> context, Map<String, String> arguments, Consumer<String> log) {
    this.context = context;
    this.arguments = arguments;
    this.log = log;
  }

  /** Builds up to the end or to the end of the stage {@code target}, if that is not empty. */
  Content build(String dockerfile, String target, Map<String, String> moreLabels)
      throws Failure, InterruptedException {
    var text = context.get(dockerfile);
    if (text == null) {
      throw new Failure(
          "failed to read dockerfile: open %s: no such file or directory".formatted(dockerfile));
    }
    var steps = text.replaceAll("\\\\\\s*\\n", " ").lines().map(String::strip).toList();
    var number = 4;
    var found = target.isEmpty();
    for (var step : steps) {
      if (step.isEmpty() || step.startsWith("#")) {
        continue;
      }
      var words = step.split("\\s+", 2);
      var instruction = words[0].toUpperCase(java.util.Locale.ROOT);
      if (instruction.equals("FROM")) {
        if (found && !target.isEmpty()) {
          break;
        }
        found =
            target.isEmpty() || step.toLowerCase(java.util.Locale.ROOT).endsWith(" as " + target);
      }
      if (List.of("FROM", "COPY", "ADD", "RUN", "WORKDIR").contains(instruction)) {
        number++;
        log.accept("#%d [stage-0 %d] %s".formatted(number, number - 4, step));
      }
      run(instruction, words.length == 2 ? words[1] : "", number);
    }
    if (!found) {
      throw new Failure("target stage \"%s\" could not be found".formatted(target));
    }
    labels.putAll(moreLabels);
    var whole = new ArrayList<>(entryPoint);
    whole.addAll(command);
    return new Content(Map.copyOf(labels), Map.copyOf(env), List.copyOf(whole), Map.copyOf(files));
  }

  private void run(String instruction, String rest, int number) throws Failure {
    switch (instruction) {
      case "ARG" -> {
        var sides = rest.split("=", 2);
        var value = arguments.getOrDefault(sides[0], sides.length == 2 ? expand(sides[1]) : "");
        variables.put(sides[0], value);
      }
      case "ENV" ->
          pairs(rest)
              .forEach(
                  (key, value) -> {
                    env.put(key, value);
                    variables.put(key, value);
                  });
      case "LABEL" -> labels.putAll(pairs(rest));
      case "COPY", "ADD" -> copy(rest);
      case "RUN" -> fail(rest, number);
      case "CMD" -> command = words(rest);
      case "ENTRYPOINT" -> entryPoint = words(rest);
      default -> {}
    }
  }

  private void fail(String shell, int number) throws Failure {
    for (var part : shell.split("&&|;", -1)) {
      var match = FAILS.matcher(part.strip());
      if (match.matches()) {
        var code = match.group(1) == null ? "1" : match.group(1);
        var words =
            "process \"/bin/sh -c %s\" did not complete successfully: exit code: %s"
                .formatted(shell, code);
        log.accept("#%d ERROR: %s".formatted(number, words));
        throw new Failure(words);
      }
    }
  }

  private void copy(String rest) throws Failure {
    var words =
        new ArrayList<>(
            List.of(rest.split("\\s+", -1)).stream()
                .filter(word -> !word.startsWith("--"))
                .toList());
    if (rest.contains("--from=")) {
      return;
    }
    var to = words.removeLast();
    for (var from : words) {
      var source = from.replaceFirst("^\\./?", "").replaceFirst("/$", "");
      var any = false;
      for (var file : context.entrySet()) {
        if (file.getKey().equals(source)) {
          files.put(to.endsWith("/") ? to + base(source) : to, file.getValue());
          any = true;
        } else if (source.isEmpty() || file.getKey().startsWith(source + "/")) {
          var inner =
              source.isEmpty() ? file.getKey() : file.getKey().substring(source.length() + 1);
          files.put(to.replaceFirst("/$", "") + "/" + inner, file.getValue());
          any = true;
        }
      }
      if (!any) {
        throw new Failure(
            "failed to compute cache key: failed to calculate checksum of ref: \"/%s\": not found"
                .formatted(source));
      }
    }
  }

  private Map<String, String> pairs(String text) {
    var result = new TreeMap<String, String>();
    for (var word : text.split("\\s+(?=\\w+=)", -1)) {
      var sides = word.split("=", 2);
      if (sides.length == 2) {
        result.put(sides[0], expand(unquoted(sides[1].strip())));
      }
    }
    return result;
  }

  private List<String> words(String text) {
    return text.startsWith("[") ? Json.strings(Json.parse(text)) : List.of("/bin/sh", "-c", text);
  }

  private String expand(String text) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            match ->
                java.util.regex.Matcher.quoteReplacement(
                    variables.getOrDefault(match.group(1), "")));
  }

  private static String unquoted(String text) {
    return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1)
        : text;
  }

  private static String base(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
