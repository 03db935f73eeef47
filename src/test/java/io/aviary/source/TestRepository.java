package io.aviary.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/** A bare repository to fetch from; commits are made without a work tree. */
final class TestRepository implements AutoCloseable {

  static final Instant AUTHORED = Instant.parse("2018-01-16T10:00:00Z");

  private final Repository repository;
  private final Map<String, Blob> files = new TreeMap<>();
  private int commits;

  TestRepository(Path folder) {
    OwnGitConfiguration.install();
    try {
      repository = Folders.bare(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Blob {
    private final FileMode mode;
    private final byte[] content;

    Blob(FileMode mode, byte[] content) {
      this.mode = mode;
      this.content = content;
    }
  }

  Repository git() {
    return repository;
  }

  String fileUrl() {
    return repository.getDirectory().toPath().toUri().toString();
  }

  /** What the server may leave out or hand out, as {@code uploadpack.allowFilter}. */
  void allow(String key) {
    repository.getConfig().setBoolean("uploadpack", null, key, true);
    try {
      repository.getConfig().save();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  TestRepository write(String path, String content) {
    return write(path, content.getBytes(StandardCharsets.UTF_8));
  }

  TestRepository write(String path, byte[] content) {
    files.put(path, new Blob(FileMode.REGULAR_FILE, content));
    return this;
  }

  TestRepository link(String path, String target) {
    files.put(path, new Blob(FileMode.SYMLINK, target.getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  TestRepository submodule(String path) {
    files.put(path, new Blob(FileMode.GITLINK, new byte[0]));
    return this;
  }

  TestRepository delete(String path) {
    files.remove(path);
    return this;
  }

  /** Commits on a branch that goes on from where it is. */
  String commit(String branch, String message) {
    return commit(branch, message, find(Constants.R_HEADS + branch));
  }

  /** Moves the branch to a new commit after {@code parent}, or without one. */
  String commit(String branch, String message, @Nullable String parent) {
    try (var inserter = repository.newObjectInserter()) {
      var commit = new CommitBuilder();
      commit.setTreeId(tree(inserter, ""));
      if (parent != null) {
        commit.setParentId(ObjectId.fromString(parent));
      }
      var author = new PersonIdent("Ada", "ada@example.com", AUTHORED, ZoneOffset.UTC);
      commit.setAuthor(author);
      commit.setCommitter(new PersonIdent(author, AUTHORED.plusSeconds(++commits)));
      commit.setMessage(message);
      var id = inserter.insert(commit);
      inserter.flush();
      point(branch, id);
      return id.name();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Moves the branch to a commit that is there, as a force-push does. */
  void reset(String branch, String revision) {
    try {
      point(branch, ObjectId.fromString(revision));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void point(String branch, ObjectId id) throws IOException {
    var update = repository.updateRef(Constants.R_HEADS + branch);
    update.setNewObjectId(id);
    update.setForceUpdate(true);
    var result = update.update();
    if (result == RefUpdate.Result.LOCK_FAILURE || result == RefUpdate.Result.REJECTED) {
      throw new IllegalStateException(result.name());
    }
  }

  private @Nullable String find(String ref) {
    try (var walk = new RevWalk(repository)) {
      var found = repository.exactRef(ref);
      return found == null ? null : walk.parseCommit(found.getObjectId()).name();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ObjectId tree(ObjectInserter inserter, String folder) throws IOException {
    var children = new LinkedHashMap<String, Blob>();
    var folders = new TreeMap<String, Boolean>();
    for (var file : files.entrySet()) {
      if (file.getKey().startsWith(folder)) {
        var rest = file.getKey().substring(folder.length());
        var slash = rest.indexOf('/');
        if (slash < 0) {
          children.put(rest, file.getValue());
        } else {
          folders.put(rest.substring(0, slash), true);
        }
      }
    }
    // Git sorts a folder as if its name ended with a slash.
    var sorted = new TreeMap<String, Runnable>();
    var formatter = new TreeFormatter();
    for (var child : children.entrySet()) {
      var blob = child.getValue();
      var id =
          blob.mode.equals(FileMode.GITLINK)
              ? ObjectId.fromString("1".repeat(40))
              : inserter.insert(Constants.OBJ_BLOB, blob.content);
      sorted.put(child.getKey(), () -> formatter.append(child.getKey(), blob.mode, id));
    }
    for (var name : folders.keySet()) {
      var id = tree(inserter, folder + name + "/");
      sorted.put(name + "/", () -> formatter.append(name, FileMode.TREE, id));
    }
    sorted.values().forEach(Runnable::run);
    return inserter.insert(formatter);
  }

  @Override
  public void close() {
    repository.close();
  }
}
