package io.aviary.source.kustomize;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The files of one commit. Paths are relative to its root; {@code .} is the root. */
public interface Files {

  /**
   * A document of a YAML file.
   *
   * @param content mappings, lists, texts, numbers, true or false, null; all may be changed
   * @param line of a path in it such as {@code patches[0].path}, or of what is nearest above it
   */
  record Parsed(@Nullable Object content, ToIntFunction<String> line) {}

  /**
   * The text of a file.
   *
   * @return empty: there is no such file
   * @throws Unreadable if it is there and may not be read as a text
   */
  Optional<String> text(String path);

  /**
   * The content of a file.
   *
   * @return empty: there is no such file
   * @throws Unreadable if it is there and may not be read
   */
  Optional<byte[]> bytes(String path);

  /** Whether there is a file or folder of that name. */
  boolean exists(String path);

  /** Names in a folder, those of folders with a {@code /} at the end; none if there is none. */
  List<String> list(String folder);

  /** A path in a folder. */
  static String below(String folder, String path) {
    return folder.equals(".") ? path : folder + "/" + path;
  }

  /** These files are going to be read; only a hint. */
  void prefetch(Collection<String> paths);

  /** What values without quotes mean. */
  enum Reading {
    /** In objects and strategic merges {@code yes} and {@code on} are texts. */
    OBJECTS,
    /** In kustomizations and JSON patches they are true. */
    SETTINGS
  }

  /**
   * The documents of a text.
   *
   * @param file that mistakes name
   * @throws Refusal if it is no YAML
   */
  List<Parsed> documents(String file, String text, Reading reading);

  /** A file that is there and cannot be used; the message says why. */
  final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Unreadable(String why) {
      super(why, null, false, false);
    }
  }
}
