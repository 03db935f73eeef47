package io.aviary.release;

import java.net.URI;

/** Addresses that people wrote, with or without a slash at the end. */
public final class Urls {

  private Urls() {}

  public static String withoutSlash(URI url) {
    return url.toString().replaceAll("/+$", "");
  }

  /**
   * An address below another one, whose own path it keeps.
   *
   * @param path begins with a slash
   */
  public static URI below(URI url, String path) {
    return URI.create(withoutSlash(url) + path);
  }
}
