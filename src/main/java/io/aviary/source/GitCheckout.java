package io.aviary.source;

import io.aviary.source.Remote.Filter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/** A commit in a repository of its own that has its trees, and its files as they are needed. */
final class GitCheckout implements Checkout {

  private static final int MAX_BYTES = 1 << 20;

  private final Remote remote;
  private final Repository repository;
  private final Path folder;
  private final RevCommit commit;

  GitCheckout(Remote remote, Repository repository, Path folder, ObjectId commit)
      throws IOException {
    this.remote = remote;
    this.repository = repository;
    this.folder = folder;
    try (var walk = new RevWalk(repository)) {
      this.commit = walk.parseCommit(commit);
    }
  }

  Path folder() {
    return folder;
  }

  @Override
  public String revision() {
    return commit.name();
  }

  @Override
  public String message() {
    return commit.getFullMessage();
  }

  @Override
  public String authorName() {
    return commit.getAuthorIdent().getName();
  }

  @Override
  public String authorEmail() {
    return commit.getAuthorIdent().getEmailAddress();
  }

  @Override
  public Instant authoredAt() {
    return commit.getAuthorIdent().getWhenAsInstant();
  }

  @Override
  public Optional<String> read(String path) {
    return bytes(path).map(content -> text(path, content));
  }

  @Override
  public Optional<byte[]> bytes(String path) {
    var entry = find(path);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.mode().equals(FileMode.TREE)) {
      throw refused(path, "it is a folder");
    }
    refuseLink(path, entry);
    try {
      if (!repository.getObjectDatabase().has(entry.id())) {
        fetch(List.of(entry.id()), "fetch file " + path + " of commit " + revision());
      }
      return Optional.of(content(path, entry.id()));
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private byte[] content(String path, ObjectId id) throws IOException {
    try (var reader = repository.newObjectReader()) {
      var loader = reader.open(id);
      if (loader.getSize() > MAX_BYTES) {
        throw refused(
            path, "it has " + loader.getSize() + " bytes, more than the " + MAX_BYTES + " allowed");
      }
      return loader.getBytes(MAX_BYTES);
    }
  }

  private String text(String path, byte[] content) {
    try {
      var decoder = StandardCharsets.UTF_8.newDecoder();
      var text = decoder.decode(ByteBuffer.wrap(content)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw refused(path, "it is not text in UTF-8");
    }
  }

  @Override
  public void prefetch(Collection<String> paths) {
    var missing = new ArrayList<ObjectId>();
    try {
      for (var path : paths) {
        var entry = isPath(path) ? find(path) : null;
        if (entry != null
            && isFile(entry.mode())
            && !missing.contains(entry.id())
            && !repository.getObjectDatabase().has(entry.id())) {
          missing.add(entry.id());
        }
      }
    } catch (IOException e) {
      throw damaged(e);
    } catch (SourceException e) {
      // Whoever reads that path is told.
      return;
    }
    if (!missing.isEmpty()) {
      fetch(missing, "fetch " + missing.size() + " files of commit " + revision());
    }
  }

  private void fetch(List<ObjectId> files, String asked) {
    var wants = files.stream().map(ObjectId::name).toList();
    if (!remote.fetch(repository, wants, 0, List.of(Filter.NOTHING), asked)) {
      // A server that leaves files out but does not hand out single ones.
      remote.fetch(repository, List.of(revision()), 1, List.of(Filter.NOTHING), asked);
    }
  }

  @Override
  public boolean exists(String path) {
    return find(path) != null;
  }

  @Override
  public List<String> list(String path) {
    var entry = find(path);
    if (entry == null || !entry.mode().equals(FileMode.TREE)) {
      return List.of();
    }
    var names = new ArrayList<String>();
    try (var reader = repository.newObjectReader();
        var walk = new TreeWalk(reader)) {
      walk.addTree(new CanonicalTreeParser(null, reader, entry.id()));
      while (walk.next()) {
        var slash = walk.getFileMode().equals(FileMode.TREE) ? "/" : "";
        names.add(walk.getNameString() + slash);
      }
    } catch (IOException e) {
      throw damaged(e);
    }
    names.sort(null);
    return names;
  }

  /** One name after the other, so that a link on the way is seen and not taken for "not there". */
  private @Nullable Entry find(String path) {
    if (!isPath(path)) {
      throw refused(path, "a path is relative to the commit's root, and has no .. in it");
    }
    var entry = new Entry(commit.getTree().getId(), FileMode.TREE);
    try (var reader = repository.newObjectReader()) {
      for (var name : path.split("/", -1)) {
        if (name.isEmpty() || name.equals(".")) {
          continue;
        }
        refuseLink(path, entry);
        var next = entry.mode().equals(FileMode.TREE) ? child(reader, entry.id(), name) : null;
        if (next == null) {
          return null;
        }
        entry = next;
      }
    } catch (IOException e) {
      throw damaged(e);
    }
    return entry;
  }

  private static @Nullable Entry child(ObjectReader reader, ObjectId tree, String name)
      throws IOException {
    for (var parser = new CanonicalTreeParser(null, reader, tree); !parser.eof(); parser.next()) {
      if (parser.getEntryPathString().equals(name)) {
        return new Entry(parser.getEntryObjectId(), parser.getEntryFileMode());
      }
    }
    return null;
  }

  private void refuseLink(String path, Entry entry) {
    if (entry.mode().equals(FileMode.SYMLINK)) {
      throw refused(path, "it is, or goes through, a symbolic link; name the file itself");
    }
    if (entry.mode().equals(FileMode.GITLINK)) {
      throw refused(path, "it is in a submodule, which is another repository");
    }
  }

  static boolean isPath(String path) {
    return !path.isBlank()
        && !path.startsWith("/")
        && path.indexOf('\\') < 0
        && path.indexOf('\0') < 0
        && !Arrays.asList(path.split("/", -1)).contains("..");
  }

  private static boolean isFile(FileMode mode) {
    return mode.equals(FileMode.REGULAR_FILE) || mode.equals(FileMode.EXECUTABLE_FILE);
  }

  private SourceException refused(String path, String why) {
    return remote.rejection("read " + path + " of commit " + revision(), why);
  }

  private SourceException damaged(IOException e) {
    var why = e instanceof MissingObjectException ? "the server left out " : "";
    return new SourceException(
        "cannot read commit " + revision() + " of " + remote + ": " + why + e.getMessage(),
        false,
        e);
  }

  @Override
  public void close() {
    repository.close();
    Folders.remove(folder);
  }

  private record Entry(ObjectId id, FileMode mode) {}
}
