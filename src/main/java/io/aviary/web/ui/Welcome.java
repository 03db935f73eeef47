package io.aviary.web.ui;

import java.util.List;

/**
 * What somebody who starts the server with more around it has to say on the start page: a bean of
 * this type is shown there.
 *
 * @param sentences e.g. what is real and what is simulated
 */
public record Welcome(List<String> sentences, List<Action> actions) {

  public Welcome {
    sentences = List.copyOf(sentences);
    actions = List.copyOf(actions);
  }

  /**
   * A button.
   *
   * @param path that it posts to
   */
  public record Action(String label, String path) {}
}
