package io.aviary.simulation;

import io.aviary.simulation.Behaviour.Reply;
import io.aviary.simulation.Behaviour.Response;
import io.aviary.simulation.Behaviour.Serves;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What kube-proxy and the cluster's DNS do: a request to a Service's name goes to one of its ready
 * endpoints, each as likely as the others.
 */
final class ServiceNetwork {

  private final ObjectStore store;
  private final Function<String, @Nullable Behaviour> applicationOfPod;

  ServiceNetwork(ObjectStore store, Function<String, @Nullable Behaviour> applicationOfPod) {
    this.store = store;
    this.applicationOfPod = applicationOfPod;
  }

  Response request(String namespace, String method, String host, String path, String body) {
    var name = host.split("[.:]", -1)[0];
    var space = host.contains(".") ? host.split("[.:]", -1)[1] : namespace;
    if (store.find(new ObjectKey(Kind.SERVICE, space, name)).isEmpty()) {
      return new Response.Failed(6, "curl: (6) Could not resolve host: " + host);
    }
    var uids = new ArrayList<String>();
    for (var slice : store.list(Kind.ENDPOINT_SLICE, space)) {
      if (Selector.matches(Map.of("kubernetes.io/service-name", name), slice)) {
        for (var endpoint : Json.objects(slice.path("endpoints"))) {
          if (Json.at(endpoint, "conditions", "ready").asBoolean(false)) {
            uids.add(Json.text(endpoint, "targetRef", "uid"));
          }
        }
      }
    }
    var refused =
        new Response.Failed(
            7, "curl: (7) Failed to connect to %s: Connection refused".formatted(host));
    if (uids.isEmpty()) {
      return refused;
    }
    var pod = uids.get(ThreadLocalRandom.current().nextInt(uids.size()));
    if (!(applicationOfPod.apply(pod) instanceof Serves serving)) {
      return refused;
    }
    return switch (serving.application().reply(method, path, body)) {
      case Reply.Answer answer -> new Response.Http(answer.status(), answer.body());
      case Reply.Silence silence ->
          new Response.Failed(28, "curl: (28) Operation timed out after 3000 milliseconds");
    };
  }
}
