package io.aviary.simulation;

import io.aviary.simulation.Behaviour.Execution;
import io.aviary.simulation.Behaviour.Runs;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Containers that call {@code buildctl build}: they read the git context, go through the
 * Dockerfile, put the image into the simulated registry, and leave the builder's metadata with its
 * digest as the termination message.
 */
final class Builds {

  private static final Pattern REVISION = Pattern.compile("[0-9a-f]{40}");

  /**
   * What is asked of the builder.
   *
   * @param source in the form of a git context; empty: the option {@code context} says it
   */
  private record Order(
      String source,
      Map<String, String> options,
      Map<String, String> arguments,
      Map<String, String> labels) {

    void take(String flag, String value) {
      var sides = value.split("=", 2);
      var right = sides.length == 2 ? sides[1] : "";
      if (!flag.equals("--opt")) {
        options.put("output", value);
      } else if (sides[0].startsWith("build-arg:")) {
        arguments.put(sides[0].substring("build-arg:".length()), right);
      } else if (sides[0].startsWith("label:")) {
        labels.put(sides[0].substring("label:".length()), right);
      } else {
        options.put(sides[0], right);
      }
    }

    String context() {
      return options.getOrDefault("context", source);
    }

    /** The image that is pushed. */
    String name() {
      for (var part : options.getOrDefault("output", "").split(",", -1)) {
        var sides = part.replace("\"", "").split("=", 2);
        if (sides[0].equals("name")) {
          return sides[1];
        }
      }
      return "";
    }
  }

  private final SimulatedRegistry registry;

  Builds(SimulatedRegistry registry) {
    this.registry = registry;
  }

  Optional<Behaviour> interpret(Container container) {
    return order(container).map(order -> new Runs(execution -> build(order, execution)));
  }

  /** Looks for the builder's options wherever they stand: arguments, a script, variables in it. */
  private static Optional<Order> order(Container container) {
    if (container.command().stream().noneMatch(word -> word.contains("buildctl"))) {
      return Optional.empty();
    }
    var words = new ArrayList<String>();
    for (var argument : container.command()) {
      if (argument.contains("buildctl") && argument.contains(" ")) {
        Words.commands(argument, container.env()).forEach(command -> words.addAll(command.words()));
      } else {
        words.add(argument);
      }
    }
    var order = new Order(source(words), new HashMap<>(), new TreeMap<>(), new TreeMap<>());
    for (var i = 0; i < words.size(); i++) {
      var flag = words.get(i).split("=", 2);
      if (List.of("--opt", "--output", "-o").contains(flag[0])) {
        var value = flag.length == 2 ? flag[1] : i + 1 < words.size() ? words.get(++i) : "";
        order.take(flag[0], value);
      }
    }
    return order.context().isEmpty() ? Optional.empty() : Optional.of(order);
  }

  /** URL, revision and folder as arguments of a script of its own, that fetches by itself. */
  private static String source(List<String> words) {
    for (var i = 1; i < words.size(); i++) {
      if (REVISION.matcher(words.get(i)).matches()) {
        var folder = i + 1 < words.size() ? words.get(i + 1) : "";
        return words.get(i - 1) + "#" + words.get(i) + ":" + folder;
      }
    }
    return "";
  }

  private int build(Order order, Execution execution) throws InterruptedException {
    var context = order.context();
    var dockerfile = order.options().getOrDefault("filename", "Dockerfile");
    try {
      execution.log("#1 [internal] load git source " + context);
      execution.pause(Duration.ofSeconds(1));
      var files = context(context, execution.container());
      execution.log("#2 [internal] load build definition from " + dockerfile);
      execution.pause(Duration.ofSeconds(2));
      var content =
          new DockerfileRun(files, order.arguments(), execution::log)
              .build(dockerfile, order.options().getOrDefault("target", ""), order.labels());
      execution.pause(Duration.ofSeconds(1));
      execution.log("#20 exporting to image");
      var digest = push(order, content, execution);
      execution.leave(
          Json.object()
              .put("containerimage.digest", digest)
              .put("image.name", order.name())
              .toString());
      return 0;
    } catch (DockerfileRun.Failure e) {
      execution.log("error: failed to solve: " + e.getMessage());
      return 1;
    } catch (IOException e) {
      execution.log("error: failed to solve: failed to read git source: " + e.getMessage());
      return 1;
    }
  }

  private static Map<String, String> context(String context, Container container)
      throws IOException, DockerfileRun.Failure {
    var sides = context.split("#", 2);
    var reference = sides.length == 2 ? sides[1] : "";
    var folder = reference.contains(":") ? reference.substring(reference.indexOf(':') + 1) : "";
    folder = folder.replaceFirst("^\\.?/?", "").replaceFirst("/$", "");
    var files = GitCommit.files(sides[0], reference.replaceFirst(":.*$", ""), header(container));
    if (folder.isEmpty() || folder.equals(".")) {
      return files;
    }
    var inner = new TreeMap<String, String>();
    for (var file : files.entrySet()) {
      if (file.getKey().startsWith(folder + "/")) {
        inner.put(file.getKey().substring(folder.length() + 1), file.getValue());
      }
    }
    if (inner.isEmpty()) {
      throw new DockerfileRun.Failure("subdir " + folder + " not found");
    }
    return inner;
  }

  /** What git is told to send, in the manner of its environment variables. */
  private static @Nullable String header(Container container) {
    return container.env().get("GIT_CONFIG_VALUE_0");
  }

  private String push(Order order, SimulatedRegistry.Content content, Execution execution)
      throws DockerfileRun.Failure {
    var reference = order.name();
    if (!registry.isMine(reference)) {
      throw new DockerfileRun.Failure(
          "failed to push %s: dial tcp: connect: connection refused".formatted(reference));
    }
    if (registry.isAway()) {
      throw new DockerfileRun.Failure(
          "failed to push %s: unexpected status: 503 Service Unavailable".formatted(reference));
    }
    if (!registry.admits(auth(execution.container()))) {
      throw new DockerfileRun.Failure(
          "failed to push %s: failed to authorize: 401 Unauthorized".formatted(reference));
    }
    var rest = reference.substring(registry.address().length() + 1);
    var colon = rest.lastIndexOf(':');
    var digest = registry.push(rest.substring(0, colon), rest.substring(colon + 1), content);
    execution.log("#20 exporting manifest " + digest + " done");
    execution.log("#20 pushing manifest for %s@%s done".formatted(reference, digest));
    execution.log("#20 DONE");
    return digest;
  }

  /** What the docker configuration that is mounted says for the registry. */
  private String auth(Container container) {
    return container.secretFiles().entrySet().stream()
        .filter(
            file ->
                file.getKey().endsWith("/.dockerconfigjson")
                    || file.getKey().endsWith("/config.json"))
        .map(file -> Json.text(Json.parse(file.getValue()), "auths", registry.address(), "auth"))
        .findFirst()
        .orElse("");
  }
}
