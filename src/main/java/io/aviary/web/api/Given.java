package io.aviary.web.api;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** Texts of a request, before anything is looked up by them. */
final class Given {

  private Given() {}

  /** Null where nothing was given; no database takes the character NUL. */
  static @Nullable String text(String name, @Nullable String text) {
    if (text == null || text.isBlank()) {
      return null;
    }
    if (text.indexOf('\0') >= 0) {
      throw new ResponseStatusException(
          HttpStatus.BAD_REQUEST, name + " must not contain the character NUL");
    }
    return text.strip();
  }
}
