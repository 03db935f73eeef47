package io.aviary.release;

/** The webhook by which the repository's host tells this server of pushes. */
public interface Webhooks {

  /** Of a server that has nothing to ask the host with. */
  Webhooks NONE =
      (application, actor) -> {
        throw ReleaseRefusedException.conflict(
            "this server has nothing to ask GitHub with: set aviary.github.token or"
                + " aviary.github.app");
      };

  /**
   * Creates the application's webhook, with its current secret, unless there is one with this
   * server's address already. Waits for the host, some seconds at most.
   *
   * @throws ReleaseRefusedException UNKNOWN: there is no such application; CONFLICT with the reason
   *     and what to do: it cannot be made, or the host did not do it
   */
  Registered register(String application, Actor actor);

  /**
   * A webhook.
   *
   * @param made false: it was there before, and was left as it is
   */
  record Registered(long id, String url, boolean made) {}
}
