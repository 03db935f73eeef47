package io.aviary.source;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The files of one commit. Paths are relative to the commit's root and separated by {@code /}; one
 * that leaves the commit, or goes through a symbolic link, is refused with a {@link
 * SourceException}. Not safe for use by several threads; to be closed, which removes what was
 * fetched.
 */
public interface Checkout extends AutoCloseable {

  /** 40 hex digits. */
  String revision();

  /** The whole message, as the author wrote it. */
  String message();

  String authorName();

  String authorEmail();

  /** When the author made the change; a rebase does not alter it. */
  Instant authoredAt();

  /**
   * The text of a file, without a byte order mark.
   *
   * @return empty: there is no such file
   * @throws SourceException a rejection if the file is larger than 1 MiB, not UTF-8, a folder, a
   *     symbolic link or a submodule; a fault if it could not be fetched
   */
  Optional<String> read(String path);

  /**
   * The content of a file that need not be text.
   *
   * @return empty: there is no such file
   * @throws SourceException as {@link #read}
   */
  Optional<byte[]> bytes(String path);

  /**
   * Fetches files that are going to be read, all at once. Only a hint: what is missing or cannot be
   * read shows when it is read.
   */
  void prefetch(Collection<String> paths);

  /** Whether there is a file or folder of that name. */
  boolean exists(String path);

  /**
   * Names of the files and folders that a folder has, sorted, the folders' with a {@code /} at the
   * end.
   *
   * @param folder {@code .} is the commit's root
   * @return empty if there is no such folder
   */
  List<String> list(String folder);

  /** This commit as it would be with another text of one file. Closing it closes this one. */
  default Checkout with(String path, String text) {
    return new ChangedCheckout(this, path, text);
  }

  @Override
  void close();
}
