package io.aviary.pipeline;

import io.aviary.kubernetes.ObjectRef;
import io.aviary.release.step.HasOutputs;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The canary in the cluster.
 *
 * @param planned what is about to be created, written down before it is
 * @param objects what was created, with uids; empty until then
 * @param images image name to reference with digest
 * @param failing since when a pod has been failing, see {@link Patience}
 */
record CanaryDeployed(
    List<ObjectRef> planned,
    List<ObjectRef> objects,
    Map<String, String> images,
    Patience failing,
    @Nullable Instant readyAt)
    implements HasOutputs {

  CanaryDeployed with(Patience patience) {
    return new CanaryDeployed(planned, objects, images, patience, readyAt);
  }

  @Override
  public Map<String, Object> outputs() {
    var shown = new TreeMap<String, Object>();
    shown.put(
        "objects", (objects.isEmpty() ? planned : objects).stream().map(ObjectRef::label).toList());
    shown.put("images", images);
    return shown;
  }
}
