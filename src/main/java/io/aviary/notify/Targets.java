package io.aviary.notify;

import io.aviary.notify.NotifyProperties.Notification;
import java.util.List;

/** The places that are told, as they are configured now. Safe for use by many threads. */
final class Targets {

  private volatile List<Notification> current;

  Targets(List<Notification> atTheStart) {
    this.current = atTheStart;
  }

  List<Notification> current() {
    return current;
  }

  void replace(List<Notification> next) {
    current = next;
  }
}
