package io.aviary.release;

import org.springframework.stereotype.Component;

/**
 * What of the configuration takes effect while the server runs: applications with their secrets,
 * people, the tokens of programs, and the token for GitHub. It is replaced as a whole, after it has
 * been checked; everything else is as it was at the start. Parts of packages of their own are
 * {@link LivePart}s. Safe for use by many threads.
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
   * Takes applications, people and tokens over.
   *
   * @param next without mistakes
   */
  public void replace(AviaryProperties next) {
    var now = current;
    var security = now.security();
    current =
        new AviaryProperties(
            now.url(),
            new AviaryProperties.GitHub(now.github().apiUrl(), next.github().token()),
            now.build(),
            now.prometheus(),
            new AviaryProperties.Security(
                next.security().tokens(),
                next.security().users(),
                security.tryOut(),
                security.limits()),
            next.applications());
  }
}
