package io.aviary.release;

/** Rights grow from left to right: each role may do what those before it may. */
public enum Role {
  VIEWER,
  OPERATOR,
  ADMIN;

  public boolean mayActAs(Role needed) {
    return compareTo(needed) >= 0;
  }
}
