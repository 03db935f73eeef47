package io.aviary.release;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The two pipelines of a release. */
public enum PipelineName {
  CANARY,
  PRODUCTION;

  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException for any other word
   */
  @JsonCreator
  public static PipelineName of(String word) {
    for (var pipeline : values()) {
      if (pipeline.word().equals(word)) {
        return pipeline;
      }
    }
    throw new IllegalArgumentException(
        "there is no pipeline '" + word + "', only canary and production");
  }
}
