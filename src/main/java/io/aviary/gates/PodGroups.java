package io.aviary.gates;

import java.util.List;

/** Names of the pods whose metrics are asked for, as they are now. */
public interface PodGroups {

  /** Those that serve the canary's share, also on their way out. */
  List<String> canary();

  List<String> production();

  /** Empty: there is no baseline. */
  List<String> baseline();
}
