package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.kubernetes.WatchConnections.Place;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchConnectionsTest {

  private final FakeApiServer server = new FakeApiServer();
  private final WatchConnections connections = new WatchConnections(server::newClient);

  @AfterEach
  void stop() {
    connections.close();
    server.close();
  }

  @Test
  void aConnectionIsSharedByAsManyWatchesAsTheServerAllows() {
    var places = enter(WatchConnections.WATCHES + 1);

    assertThat(clients(places)).hasSize(2);
  }

  @Test
  void whatIsLeftIsUsedAgain() {
    var places = enter(WatchConnections.WATCHES);
    places.get(3).leave();
    places.get(3).leave();

    assertThat(connections.enter().client()).isSameAs(places.getFirst().client());
    assertThat(connections.enter().client()).isNotSameAs(places.getFirst().client());
  }

  @Test
  void aDeadConnectionGetsNoMoreWatches() {
    var dead = connections.enter();
    dead.giveUp();

    var next = connections.enter();
    assertThat(next.client()).isNotSameAs(dead.client());
    dead.leave();
    assertThat(connections.size()).isEqualTo(1);
  }

  @Test
  void oneConnectionStaysForTheNextWatch() {
    enter(WatchConnections.WATCHES + 1).forEach(Place::leave);

    assertThat(connections.size()).isEqualTo(1);
  }

  private List<Place> enter(int times) {
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      places.add(connections.enter());
    }
    return places;
  }

  private static Set<KubernetesClient> clients(List<Place> places) {
    Set<KubernetesClient> clients = new HashSet<>();
    places.forEach(place -> clients.add(place.client()));
    return clients;
  }
}
