package io.aviary.simulation;

import io.aviary.simulation.Behaviour.CannotPull;
import io.aviary.simulation.Behaviour.CannotStart;
import io.aviary.simulation.Behaviour.Runs;
import io.aviary.simulation.Behaviour.Serves;
import io.aviary.simulation.SimulatedRegistry.Content;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What images hold, and what their programs do. */
final class Images {

  private static final Set<String> PROGRAMS =
      Set.of("python3", "python", "sh", "bash", "sleep", "true", "false", "echo", "exit", "curl");

  private final SimulatedRegistry registry;

  Images(SimulatedRegistry registry) {
    this.registry = registry;
  }

  /** The reference with digest; images of other registries get an invented one. */
  String id(String reference) {
    var bare = reference.replaceFirst("@.*$", "");
    var name =
        bare.substring(bare.lastIndexOf('/') + 1).contains(":")
            ? bare.replaceFirst(":[^:/]*$", "")
            : bare;
    if (reference.contains("@")) {
      return name + reference.substring(reference.indexOf('@'));
    }
    return name
        + "@"
        + registry
            .resolve(reference)
            .orElseGet(() -> SimulatedRegistry.digest(reference.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Images that the registry does not have cannot be pulled; those of other registries always can.
   */
  Optional<Behaviour> missing(Container container) {
    if (!registry.isMine(container.image())) {
      return container.image().endsWith(":no-such-tag")
          ? Optional.of(new CannotPull(notFound(container.image())))
          : Optional.empty();
    }
    if (registry.isAway()) {
      return Optional.of(
          new CannotPull(
              "failed to resolve reference \"%s\": unexpected status: 503 Service Unavailable"
                  .formatted(container.image())));
    }
    return registry.resolve(container.image()).isPresent()
        ? Optional.empty()
        : Optional.of(new CannotPull(notFound(container.image())));
  }

  private static String notFound(String image) {
    return "failed to resolve reference \"%1$s\": %1$s: not found".formatted(image);
  }

  /** The program that the container starts, where the simulation knows what it does. */
  Optional<Behaviour> program(Container container) {
    var content =
        registry
            .content(container.image())
            .orElse(new Content(Map.of(), Map.of(), List.of(), Map.of()));
    var command = container.command().isEmpty() ? content.command() : container.command();
    if (command.isEmpty()) {
      return Optional.empty();
    }
    var env = new HashMap<>(content.env());
    env.putAll(container.env());
    var program = command.getFirst();
    var name = program.substring(program.lastIndexOf('/') + 1);
    if (command.size() > 1 && name.matches("python3?")) {
      var source = content.files().get(command.get(1));
      if (source != null && ExampleApplication.isOne(source)) {
        return Optional.of(new Serves(new ExampleApplication(source, env)));
      }
    }
    if (content.files().containsKey(program)) {
      return ExampleTests.find(name).map(script -> new Runs(run -> script.run(run, env)));
    }
    var shell = Shell.interpret(command, env);
    if (shell.isPresent()) {
      return shell;
    }
    var known = PROGRAMS.contains(name) || registry.content(container.image()).isEmpty();
    return known
        ? Optional.empty()
        : Optional.of(
            new CannotStart(
                "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: \"%s\": executable file not found in $PATH"
                    .formatted(program)));
  }
}
