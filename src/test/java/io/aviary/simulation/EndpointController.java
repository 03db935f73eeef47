package io.aviary.simulation;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One EndpointSlice for each Service with a selector. */
final class EndpointController {

  private final ObjectStore store;

  EndpointController(ObjectStore store) {
    this.store = store;
  }

  void reconcile(ObjectKey service) {
    var found = store.find(service).filter(there -> !ObjectStore.isTerminating(there));
    if (found.isEmpty()) {
      return;
    }
    var selector = Json.stringMap(Json.at(found.get(), "spec", "selector"));
    if (selector.isEmpty()) {
      return;
    }
    var pods =
        store.list(Kind.POD, service.namespace()).stream()
            .filter(pod -> Selector.matches(selector, pod))
            .filter(pod -> !Json.text(pod, "status", "podIP").isEmpty())
            .filter(pod -> !PodStatus.isFinished(pod))
            .toList();
    write(service, found.get(), endpoints(pods), ports(found.get(), pods));
  }

  private static ArrayNode endpoints(List<ObjectNode> pods) {
    var endpoints = Json.array();
    for (var pod : pods) {
      var ready = PodStatus.isReady(pod);
      var terminating = ObjectStore.isTerminating(pod);
      var endpoint = Json.object();
      endpoint.putArray("addresses").add(Json.text(pod, "status", "podIP"));
      endpoint
          .putObject("conditions")
          .put("ready", ready && !terminating)
          .put("serving", ready)
          .put("terminating", terminating);
      endpoint.put("nodeName", Json.text(pod, "spec", "nodeName"));
      endpoint
          .putObject("targetRef")
          .put("kind", "Pod")
          .put("namespace", Json.text(pod, "metadata", "namespace"))
          .put("name", Json.text(pod, "metadata", "name"))
          .put("uid", ObjectStore.uid(pod));
      endpoints.add(endpoint);
    }
    return endpoints;
  }

  private static ArrayNode ports(ObjectNode service, List<ObjectNode> pods) {
    var ports = Json.array();
    for (var port : Json.objects(Json.at(service, "spec", "ports"))) {
      var target = port.path("targetPort");
      ports.add(
          Json.object()
              .put("name", Json.text(port, "name"))
              .put("protocol", Json.text(port, "protocol"))
              .put("port", target.isString() ? named(target.asString(), pods) : target.asInt(0)));
    }
    return ports;
  }

  private static int named(String name, List<ObjectNode> pods) {
    return pods.stream()
        .flatMap(pod -> Json.objects(Json.at(pod, "spec", "containers")).stream())
        .flatMap(container -> Json.objects(container.path("ports")).stream())
        .filter(port -> Json.text(port, "name").equals(name))
        .map(port -> Json.number(port, 0, "containerPort"))
        .findFirst()
        .orElse(0);
  }

  private void write(ObjectKey service, ObjectNode owner, ArrayNode endpoints, ArrayNode ports) {
    var slice = slice(owner);
    if (slice.isPresent()) {
      store.tryUpdate(
          Owned.key(Kind.ENDPOINT_SLICE, slice.get()),
          object -> object.set("endpoints", endpoints).set("ports", ports));
      return;
    }
    var object =
        Json.object().put("apiVersion", "discovery.k8s.io/v1").put("kind", "EndpointSlice");
    var metadata = Json.make(object, "metadata");
    Json.make(metadata, "labels")
        .put("kubernetes.io/service-name", service.name())
        .put("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
    metadata.put("generateName", service.name() + "-");
    metadata.putArray("ownerReferences").add(Owned.reference(owner));
    object.put("addressType", "IPv4");
    object.set("endpoints", endpoints);
    object.set("ports", ports);
    try {
      store.create(
          new ObjectKey(
              Kind.ENDPOINT_SLICE, service.namespace(), service.name() + "-" + ApiServer.suffix()),
          object);
    } catch (ApiException e) {
      // The namespace goes away, and the Service with it.
    }
  }

  private Optional<ObjectNode> slice(ObjectNode service) {
    return store.dependents(ObjectStore.uid(service), Kind.ENDPOINT_SLICE).stream().findFirst();
  }

  /** Services that may be concerned by a pod: those that select it. */
  static boolean selects(JsonNode service, ObjectNode pod) {
    return Selector.matches(Json.stringMap(Json.at(service, "spec", "selector")), pod);
  }
}
