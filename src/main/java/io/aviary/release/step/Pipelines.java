package io.aviary.release.step;

import io.aviary.release.PipelineName;

/** How the engine learns what a new run begins with. */
public interface Pipelines {

  /** The steps that are known before the commit has been read. */
  Plan beginning(PipelineName pipeline);
}
