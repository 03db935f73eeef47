package io.aviary.web.ui;

/** Whether a whole page is asked for, or the part of it that changes. */
record Part(boolean isPart) {

  String of(String page, String fragment) {
    return isPart ? page + " :: " + fragment : page;
  }
}
