package io.aviary.source.kustomize;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One rendering: what it reads, what it found, and how much it may take. */
final class Session {

  /** Folders that include others twice multiply. */
  private static final int MOST_FOLDERS = 200;

  private static final int MOST_PREFETCHED = 100;
  private static final int MOST_OBJECTS = 2000;
  private static final long MOST_BYTES = 16 << 20;

  /** Small patches for many objects, and copies of copies, multiply too. */
  private static final long MOST_VALUES = 2_000_000;

  private final Files files;
  private final String namespace;
  private final List<Refusal> refusals = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private int folders;
  private int objects;
  private long bytes;
  private long values;

  Session(Files files, String namespace) {
    this.files = files;
    this.namespace = namespace;
  }

  /** Where all objects have to be in the end. */
  String namespace() {
    return namespace;
  }

  Files files() {
    return files;
  }

  List<Refusal> refusals() {
    return refusals;
  }

  List<String> notes() {
    return notes;
  }

  void note(String note) {
    notes.add(note);
  }

  void refuse(Refusal refusal) {
    refusals.add(refusal);
  }

  /** What one part refuses does not hide what is wrong with the next. */
  void attempt(Runnable part) {
    try {
      part.run();
    } catch (Refusal refusal) {
      refuse(refusal);
    }
  }

  void countFolder(Place named) {
    if (++folders > MOST_FOLDERS) {
      throw named.refusal("brings the folders that are included to more than " + MOST_FOLDERS);
    }
  }

  void countObjects(Place named, int more) {
    objects += more;
    if (objects > MOST_OBJECTS) {
      throw named.refusal("brings the objects to more than " + MOST_OBJECTS);
    }
  }

  /** For values that are written into objects. */
  void countValues(Place named, long more) {
    values += more;
    if (values > MOST_VALUES) {
      throw named.refusal("brings the values that are changed to more than " + MOST_VALUES);
    }
  }

  /** A kustomization mostly names what stands beside it. */
  void prefetch(String folder) {
    files.prefetch(
        files.list(folder).stream()
            .filter(name -> !name.endsWith("/"))
            .limit(MOST_PREFETCHED)
            .map(name -> Files.below(folder, name))
            .toList());
  }

  /** A file that is named by a kustomization and must be there. */
  String text(Place named, String path) {
    var text = there(named, path, files::text);
    count(named, text.length());
    return text;
  }

  byte[] bytes(Place named, String path) {
    var content = there(named, path, files::bytes);
    count(named, content.length);
    return content;
  }

  List<Files.Parsed> documents(Place named, String path, Files.Reading reading) {
    return files.documents(path, text(named, path), reading);
  }

  /** Documents in a text that stands in a kustomization; their lines are not the file's. */
  List<Files.Parsed> inline(Place named, String text, Files.Reading reading) {
    count(named, text.length());
    try {
      return files.documents(named.file(), text, reading);
    } catch (Refusal e) {
      throw named.refusal(e.sentence() + " (line " + e.line() + " of the text)");
    }
  }

  private static <T> T there(Place named, String path, Function<String, Optional<T>> read) {
    try {
      return read.apply(path)
          .orElseThrow(() -> named.refusal("there is no file '" + path + "' in the commit"));
    } catch (Files.Unreadable e) {
      throw named.refusal(String.valueOf(e.getMessage()));
    }
  }

  private void count(Place named, long more) {
    bytes += more;
    if (bytes > MOST_BYTES) {
      throw named.refusal("brings what is read to more than " + (MOST_BYTES >> 20) + " MiB");
    }
  }
}
