package io.aviary.gates.judge;

import io.aviary.gates.judge.Finding.Question;
import io.aviary.release.definition.MetricDefinition;
import io.aviary.release.definition.MetricDefinition.Direction;
import java.util.ArrayList;
import java.util.List;

/** Which questions a metric asks. */
final class Criteria {

  private Criteria() {}

  static List<Criterion> of(MetricDefinition metric, List<Look> looks) {
    boolean counts = metric.query() == null;
    var criteria = new ArrayList<Criterion>();
    for (var question : questions(metric)) {
      boolean compares =
          question == Question.HIGHER_THAN_OTHER || question == Question.LOWER_THAN_OTHER;
      if (counts) {
        var series = new CountSeries(looks, compares);
        criteria.add(
            compares
                ? new RateComparison(metric, question, series)
                : new RateLimit(metric, question, series));
      } else {
        var series = new SampleSeries(looks, compares);
        criteria.add(
            compares
                ? new SampleComparison(metric, question, series)
                : new SampleLimit(metric, question, series));
      }
    }
    return criteria;
  }

  private static List<Question> questions(MetricDefinition metric) {
    var questions = new ArrayList<Question>();
    if (metric.max() != null) {
      questions.add(Question.ABOVE_MAX);
    }
    if (metric.min() != null) {
      questions.add(Question.BELOW_MIN);
    }
    if (metric.compare() != null) {
      if (metric.direction() != Direction.LOWER_IS_WORSE) {
        questions.add(Question.HIGHER_THAN_OTHER);
      }
      if (metric.direction() != Direction.HIGHER_IS_WORSE) {
        questions.add(Question.LOWER_THAN_OTHER);
      }
    }
    if (questions.isEmpty()) {
      throw new IllegalArgumentException(
          "metric %s asks nothing: give it max, min or compare".formatted(metric.name()));
    }
    return questions;
  }
}
