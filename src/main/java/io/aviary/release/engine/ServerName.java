package io.aviary.release.engine;

import java.util.UUID;
import org.springframework.stereotype.Component;

/** Names this process among those that share the database; another one after each start. */
@Component
class ServerName {

  private final String name =
      System.getenv().getOrDefault("HOSTNAME", "aviary")
          + "-"
          + UUID.randomUUID().toString().substring(0, 8);

  String name() {
    return name;
  }
}
