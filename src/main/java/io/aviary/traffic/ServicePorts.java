package io.aviary.traffic;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.ObjectRef;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the port of the canary's Service that stands for one of production's. */
final class ServicePorts {

  private final List<Map<String, Object>> ports;

  private ServicePorts(List<Map<String, Object>> ports) {
    this.ports = ports;
  }

  /** Of a Service that is not there: none. */
  static ServicePorts of(Cluster cluster, String namespace, String service) {
    return new ServicePorts(
        cluster
            .live(new ObjectRef("v1", "Service", namespace, service, null))
            .map(live -> Fields.maps(live.content(), "spec", "ports"))
            .orElse(List.of()));
  }

  /** The same number, else the only one that there is; null: neither. */
  @Nullable Integer like(int number) {
    return ports.stream().anyMatch(port -> number(port) == number)
        ? Integer.valueOf(number)
        : only();
  }

  /** The number of the port with the same name, else of the only one; null: neither. */
  @Nullable Integer like(String name) {
    return ports.stream()
        .filter(port -> name.equals(port.get("name")))
        .map(ServicePorts::number)
        .findFirst()
        .orElseGet(this::only);
  }

  private @Nullable Integer only() {
    return ports.size() == 1 ? Integer.valueOf(number(ports.getFirst())) : null;
  }

  private static int number(Map<String, Object> port) {
    return Fields.number(port.get("port"), 0);
  }
}
