package io.aviary.web.api;

import io.aviary.release.Actor;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Webhooks;

/** Where the server has nothing to ask GitHub with. */
public final class NoWebhooks implements Webhooks {

  @Override
  public Registered register(String application, Actor actor) {
    throw ReleaseRefusedException.conflict(
        "this server has nothing to ask GitHub with: set aviary.github.token or aviary.github.app");
  }
}
