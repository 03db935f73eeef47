package io.aviary.release;

import org.springframework.stereotype.Component;

/**
 * What of the configuration takes effect while the server runs: applications with their secrets,
 * and the tokens of programs. It is replaced as a whole, after it has been checked; everything else
 * is as it was at the start. Safe for use by many threads.
 */
@Component
public final class LiveConfiguration {

  private volatile AviaryProperties current;

  public LiveConfiguration(AviaryProperties atTheStart) {
    this.current = atTheStart;
  }

  /** The same object as long as nothing has changed. */
  public AviaryProperties current() {
    return current;
  }

  /**
   * Takes applications and tokens over.
   *
   * @param next without mistakes
   */
  public void replace(AviaryProperties next) {
    var now = current;
    var security = now.security();
    current =
        new AviaryProperties(
            now.url(),
            now.github(),
            now.build(),
            now.prometheus(),
            new AviaryProperties.Security(
                next.security().tokens(), security.users(), security.tryOut(), security.limits()),
            next.applications());
  }
}
