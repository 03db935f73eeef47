package io.aviary.gates.judge;

import io.aviary.release.definition.MetricDefinition.Unit;
import java.util.List;

/**
 * The numbers behind a verdict, stored with it.
 *
 * @param unit how values are to be shown; they are stored in base units
 * @param looks how many were made
 * @param plannedLooks how many the hold has
 * @param withoutData looks whose queries were answered with nothing, of the canary or of the other
 * @param unavailable looks whose queries were not answered
 * @param findings one for each question that the metric asks, and one more where the latest looks
 *     differ from the whole
 */
public record Evidence(
    String metric,
    Unit unit,
    int looks,
    int plannedLooks,
    int withoutData,
    int unavailable,
    List<Finding> findings) {

  public Evidence {
    findings = List.copyOf(findings);
  }
}
