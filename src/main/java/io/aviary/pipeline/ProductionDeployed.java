package io.aviary.pipeline;

import io.aviary.kubernetes.ObjectRef;
import io.aviary.release.step.HasOutputs;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Production's manifests in the cluster.
 *
 * @param absent what was not there before this run, written down before anything was applied
 * @param applied with uids; empty until then
 */
record ProductionDeployed(
    List<ObjectRef> absent, List<ObjectRef> applied, Map<String, String> images)
    implements HasOutputs {

  @Override
  public Map<String, Object> outputs() {
    var shown = new TreeMap<String, Object>();
    shown.put("objects", applied.stream().map(ObjectRef::label).toList());
    shown.put("images", images);
    return shown;
  }
}
