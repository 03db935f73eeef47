package io.aviary.gates;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A metrics server whose answers tests write. */
public final class FakeMetrics implements MetricsServer {

  /** What is answered to one query. */
  public interface Rule {
    /**
     * Answers.
     *
     * @param query placeholders replaced
     */
    Answer answer(String query, Instant time);
  }

  public final List<Question> asked = new ArrayList<>();
  public Rule rule = (query, time) -> new Series(List.of());

  public static Answer value(double value) {
    return new Series(List.of(value));
  }

  @Override
  public List<Answer> ask(List<Question> questions) {
    asked.addAll(questions);
    return questions.stream().map(one -> rule.answer(one.query(), one.time())).toList();
  }

  /** Looks in memory. */
  public static final class Looks implements GateLooks {
    private final Map<Place, Map<Integer, Stored>> all = new HashMap<>();

    @Override
    public void add(Place place, int number, Stored look) {
      all.computeIfAbsent(place, key -> new HashMap<>()).putIfAbsent(number, look);
    }

    @Override
    public List<Stored> of(Place place) {
      return all.getOrDefault(place, Map.of()).entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .map(Map.Entry::getValue)
          .toList();
    }
  }
}
