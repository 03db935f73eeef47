package io.aviary.release.engine;

import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Does for each step name what a test wrote down; succeeds where it wrote nothing. */
final class ScriptedStep implements StepBean<ScriptedStep.Note> {

  record Note(String text) {}

  private final Map<String, Function<StepContext<Note>, Outcome<Note>>> script =
      new ConcurrentHashMap<>();
  private final Map<String, Function<StepContext<Note>, Outcome<Note>>> stops =
      new ConcurrentHashMap<>();
  final List<String> calls = java.util.Collections.synchronizedList(new ArrayList<>());

  void when(String step, Function<StepContext<Note>, Outcome<Note>> answer) {
    script.put(step, answer);
  }

  void whenStopped(String step, Function<StepContext<Note>, Outcome<Note>> answer) {
    stops.put(step, answer);
  }

  void forget() {
    script.clear();
    stops.clear();
    calls.clear();
  }

  @Override
  public Class<Note> dataType() {
    return Note.class;
  }

  @Override
  public Outcome<Note> advance(StepContext<Note> step) {
    calls.add(step.name());
    var answer = script.get(step.name());
    return answer == null ? Outcome.done(new Note(step.name())) : answer.apply(step);
  }

  @Override
  public Outcome<Note> stop(StepContext<Note> step) {
    calls.add("stop " + step.name());
    var answer = stops.get(step.name());
    return answer == null ? Outcome.failed("stopped") : answer.apply(step);
  }

  @Override
  public List<String> left(StepContext<Note> step) {
    return List.of("Deployment of " + step.name());
  }

  @Override
  public Duration timeout(StepContext<Note> step) {
    return Duration.ofMinutes(5);
  }
}
