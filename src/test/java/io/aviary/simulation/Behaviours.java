package io.aviary.simulation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What containers do: first what a test has said (the newest rule wins), then what their image
 * holds, else they are ready at once, and tasks succeed at once. Safe for use by many threads;
 * decided anew at each start of a container.
 */
public final class Behaviours {

  private record Rule(Predicate<Container> when, Behaviour behaviour) {}

  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<Function<Container, Optional<Behaviour>>> interpreters;

  Behaviours(List<Function<Container, Optional<Behaviour>>> interpreters) {
    this.interpreters = interpreters;
  }

  /** Containers that the predicate accepts do this from now on. */
  public void when(Predicate<Container> predicate, Behaviour behaviour) {
    rules.addFirst(new Rule(predicate, behaviour));
  }

  /** Containers whose image reference contains this text. */
  public void image(String text, Behaviour behaviour) {
    when(container -> container.image().contains(text), behaviour);
  }

  /** Containers of pods with all of these labels. */
  public void labelled(Map<String, String> labels, Behaviour behaviour) {
    when(container -> container.labels().entrySet().containsAll(labels.entrySet()), behaviour);
  }

  /** Forgets what tests have said. */
  public void reset() {
    rules.clear();
  }

  Behaviour of(Container container) {
    for (var rule : rules) {
      if (rule.when().test(container)) {
        return rule.behaviour();
      }
    }
    for (var interpreter : interpreters) {
      var behaviour = interpreter.apply(container);
      if (behaviour.isPresent()) {
        return behaviour.get();
      }
    }
    return container.task() ? new Behaviour.Runs(execution -> 0) : Behaviour.ready();
  }
}
