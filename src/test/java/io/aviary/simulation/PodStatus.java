package io.aviary.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Writes the status of pods and other objects as kubelet and controllers do. */
final class PodStatus {

  private PodStatus() {}

  static ObjectNode waiting(String reason, String message) {
    var state = Json.object();
    var waiting = state.putObject("waiting").put("reason", reason);
    if (!message.isEmpty()) {
      waiting.put("message", message);
    }
    return state;
  }

  static ObjectNode running(String startedAt) {
    var state = Json.object();
    state.putObject("running").put("startedAt", startedAt);
    return state;
  }

  static ObjectNode terminated(
      int exitCode, String reason, @Nullable String message, String startedAt, String finishedAt) {
    var state = Json.object();
    var terminated =
        state
            .putObject("terminated")
            .put("exitCode", exitCode)
            .put("reason", reason)
            .put("startedAt", startedAt)
            .put("finishedAt", finishedAt);
    if (message != null) {
      terminated.put("message", message);
    }
    return state;
  }

  /** The status of one container, made where it is missing. */
  static ObjectNode container(ObjectNode pod, String name) {
    var statuses = Json.makeArray(Json.make(pod, "status"), "containerStatuses");
    return Json.objects(statuses).stream()
        .filter(status -> Json.text(status, "name").equals(name))
        .findFirst()
        .orElseGet(
            () -> {
              var status = Json.object().put("name", name).put("ready", false);
              status.put("restartCount", 0).put("started", false);
              statuses.add(status);
              return status;
            });
  }

  /** Sets a condition; its transition time changes with its status only. */
  static void condition(
      ObjectNode object, String type, boolean status, String reason, String message, String now) {
    condition(object, type, status ? "True" : "False", reason, message, now);
  }

  private static void condition(
      ObjectNode object, String type, String status, String reason, String message, String now) {
    var conditions = Json.makeArray(Json.make(object, "status"), "conditions");
    var condition =
        Json.objects(conditions).stream()
            .filter(each -> Json.text(each, "type").equals(type))
            .findFirst()
            .orElseGet(
                () -> {
                  var added = Json.object().put("type", type);
                  conditions.add(added);
                  return added;
                });
    if (!Json.text(condition, "status").equals(status)) {
      condition.put("status", status).put("lastTransitionTime", now);
    }
    setOrRemove(condition, "reason", reason);
    setOrRemove(condition, "message", message);
  }

  static boolean isTrue(ObjectNode object, String condition) {
    return Json.objects(Json.at(object, "status", "conditions")).stream()
        .anyMatch(
            each ->
                Json.text(each, "type").equals(condition)
                    && Json.text(each, "status").equals("True"));
  }

  static boolean isReady(ObjectNode pod) {
    return isTrue(pod, "Ready");
  }

  static boolean isFinished(ObjectNode pod) {
    return List.of("Succeeded", "Failed").contains(Json.text(pod, "status", "phase"));
  }

  private static void setOrRemove(ObjectNode object, String field, String value) {
    if (value.isEmpty()) {
      object.remove(field);
    } else {
      object.put(field, value);
    }
  }
}
