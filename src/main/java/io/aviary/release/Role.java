package io.aviary.release;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Rights grow from left to right: each role may do what those before it may. */
public enum Role {
  VIEWER,
  OPERATOR,
  ADMIN;

  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException for any other word
   */
  @JsonCreator
  public static Role of(String word) {
    for (var role : values()) {
      if (role.name().equalsIgnoreCase(word)) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "there is no role '" + word + "', only viewer, operator and admin");
  }

  public boolean mayActAs(Role needed) {
    return compareTo(needed) >= 0;
  }
}
