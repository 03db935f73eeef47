package io.aviary.release;

import java.util.List;
import org.springframework.boot.context.properties.bind.Binder;

/**
 * A part of the configuration, kept by the package that it is of, that takes effect while the
 * server runs.
 */
public interface LivePart {

  /** Where its keys begin, as in {@code aviary.notifications}; nothing else begins so. */
  String prefix();

  /**
   * What is configured now takes effect. It is called by one thread, and may be called again with
   * the same.
   *
   * @param configuration with the changed files, which have been checked
   * @return what has changed, in words and without values; empty: nothing of this
   */
  List<String> takeOver(Binder configuration);
}
