package io.aviary.gates.judge;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a metric's query, or its pair of queries, said of one group of pods at one look. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Reading.Counts.class, name = "counts"),
  @JsonSubTypes.Type(value = Reading.Values.class, name = "values"),
  @JsonSubTypes.Type(value = Reading.NoData.class, name = "no-data"),
  @JsonSubTypes.Type(value = Reading.Unavailable.class, name = "unavailable")
})
public sealed interface Reading {

  /**
   * Events since the look before. Not whole numbers where the metrics server extrapolates.
   *
   * @param bad null: the query's answer was empty, which counts as none
   */
  record Counts(@Nullable Double bad, double all) implements Reading {

    /** False for what no counter can say: the look then counts as one without data. */
    boolean isSound() {
      return Double.isFinite(all) && all >= 0 && Double.isFinite(badOrNone()) && badOrNone() >= 0;
    }

    double badOrNone() {
      return bad == null ? 0 : bad;
    }
  }

  /**
   * Values at one moment, one for each series (often one a pod). NaN and infinite ones are left
   * out: that is how a quantile without requests is reported.
   */
  record Values(List<Double> values) implements Reading {
    public Values {
      values = values.stream().filter(Double::isFinite).toList();
    }

    /** NaN where there is none. */
    public double median() {
      return values.isEmpty()
          ? Double.NaN
          : SampleSeries.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    public static Values of(double value) {
      return new Values(List.of(value));
    }
  }

  /** The query was answered, with nothing. */
  record NoData() implements Reading {}

  /**
   * The query was not answered.
   *
   * @param reason which address and why, for people
   */
  record Unavailable(String reason) implements Reading {}
}
