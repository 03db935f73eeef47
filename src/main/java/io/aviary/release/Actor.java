package io.aviary.release;

import org.jspecify.annotations.Nullable;

/**
 * Who asked for something.
 *
 * @param name of a person or token
 * @param address where the request came from; null: from the server itself
 */
public record Actor(String name, @Nullable String address) {

  /** The server, by its own rules. */
  public static final Actor AVIARY = new Actor("aviary", null);
}
