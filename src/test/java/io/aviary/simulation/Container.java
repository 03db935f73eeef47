package io.aviary.simulation;

import java.util.List;
import java.util.Map;

/**
 * A container of a pod, as behaviours see it.
 *
 * @param command with the arguments; empty: what the image says
 * @param env the values of Secrets are in it
 * @param secretFiles contents of mounted Secrets by path
 * @param task whether the pod is not restarted after success
 */
public record Container(
    String namespace,
    String pod,
    String name,
    String image,
    Map<String, String> labels,
    List<String> command,
    Map<String, String> env,
    Map<String, String> secretFiles,
    boolean task) {

  Container withFiles(Map<String, String> files) {
    return new Container(
        namespace, pod, name, image, labels, command, env, Map.copyOf(files), task);
  }
}
