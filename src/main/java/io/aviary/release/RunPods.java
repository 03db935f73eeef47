package io.aviary.release;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pods that a run is about, as its cluster has them now. Safe for use by many threads. */
public interface RunPods {

  /**
   * Asks the cluster.
   *
   * @return the canary's pods, the baseline's and production's; groups without a pod are left out;
   *     empty too where the run has not read its commit
   * @throws RuntimeException if the cluster does not answer; its message says which and why
   */
  List<Group> of(long run);

  /**
   * Pods of one Deployment.
   *
   * @param role canary, baseline or production
   */
  record Group(String role, String deployment, List<Pod> pods) {
    public Group {
      pods = List.copyOf(pods);
    }
  }

  /**
   * A pod.
   *
   * @param state for people: ready, not ready, ending, or the cluster's phase
   * @param images with digests, as they run
   */
  record Pod(
      String name, String state, boolean ready, @Nullable Instant startedAt, List<String> images) {
    public Pod {
      images = List.copyOf(images);
    }
  }
}
