package io.aviary.simulation;

import tools.jackson.databind.node.ObjectNode;

/** Writes Events about objects; the same one again counts up. */
final class EventRecorder {

  private final ObjectStore store;

  EventRecorder(ObjectStore store) {
    this.store = store;
  }

  void warn(ObjectNode about, String reason, String message, String component) {
    var namespace = Json.text(about, "metadata", "namespace");
    var name = Json.text(about, "metadata", "name");
    var id = Integer.toHexString((ObjectStore.uid(about) + reason + message).hashCode());
    var key = new ObjectKey(Kind.EVENT, namespace, name + "." + id);
    try {
      if (store.tryUpdate(key, this::again).isEmpty()) {
        store.create(key, event(about, reason, message, component));
      }
    } catch (ApiException e) {
      // The namespace goes away: nobody will read its events.
    }
  }

  private ObjectNode again(ObjectNode event) {
    return event.put("count", Json.number(event, 1, "count") + 1).put("lastTimestamp", store.now());
  }

  private ObjectNode event(ObjectNode about, String reason, String message, String component) {
    var event =
        Json.object()
            .put("apiVersion", "v1")
            .put("kind", "Event")
            .put("type", "Warning")
            .put("reason", reason)
            .put("message", message)
            .put("count", 1)
            .put("firstTimestamp", store.now())
            .put("lastTimestamp", store.now())
            .put("reportingComponent", component);
    event.putObject("source").put("component", component);
    event
        .putObject("involvedObject")
        .put("kind", Json.text(about, "kind"))
        .put("apiVersion", Json.text(about, "apiVersion"))
        .put("namespace", Json.text(about, "metadata", "namespace"))
        .put("name", Json.text(about, "metadata", "name"))
        .put("uid", ObjectStore.uid(about));
    return event;
  }
}
