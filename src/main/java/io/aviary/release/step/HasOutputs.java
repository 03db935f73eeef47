package io.aviary.release.step;

import java.util.Map;

/** Step data of which only a part is shown: the rest is for later steps, or too long for a page. */
public interface HasOutputs {

  /**
   * What REST and pages show as the step's outputs; values as JSON has them. Null values are left
   * out.
   */
  Map<String, Object> outputs();
}
