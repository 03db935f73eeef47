package io.aviary.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.diff.DiffEntry;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.RefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;

/** Bare repositories in a folder, written and read without a git program. */
final class GitRepositories {

  private static final PersonIdent AUTHOR = new PersonIdent("Bird Watcher", "watcher@example.com");

  /** A commit as GitHub tells of it. */
  record CommitInfo(
      String sha,
      String tree,
      String message,
      String author,
      String email,
      String date,
      List<String> parents,
      Map<DiffEntry.ChangeType, List<String>> changed) {}

  private final Path folder;

  GitRepositories(Path folder) {
    this.folder = folder;
  }

  Path path(String name) {
    return folder.resolve(name + ".git");
  }

  boolean exists(String name) {
    return Files.isDirectory(path(name));
  }

  /** Makes it where it is missing. */
  void make(String name) {
    if (exists(name)) {
      return;
    }
    try (var git =
        Git.init()
            .setBare(true)
            .setInitialBranch("master")
            .setDirectory(path(name).toFile())
            .call()) {
      var config = git.getRepository().getConfig();
      config.setBoolean("uploadpack", null, "allowAnySHA1InWant", true);
      config.save();
    } catch (GitAPIException | IOException e) {
      throw new IllegalStateException("cannot make repository " + path(name), e);
    }
  }

  /**
   * Commits files on a branch.
   *
   * @param files all files of the commit: path to text; {@code .sh} becomes executable
   * @param onto the parent; empty: a first commit
   */
  String commit(String name, Map<String, String> files, String message, Optional<String> onto) {
    return with(
        name,
        repository -> {
          try (var inserter = repository.newObjectInserter()) {
            var index = DirCache.newInCore();
            var builder = index.builder();
            for (var file : new TreeMap<>(files).entrySet()) {
              var entry = new DirCacheEntry(file.getKey());
              entry.setFileMode(
                  file.getKey().endsWith(".sh") ? FileMode.EXECUTABLE_FILE : FileMode.REGULAR_FILE);
              entry.setObjectId(
                  inserter.insert(
                      Constants.OBJ_BLOB, file.getValue().getBytes(StandardCharsets.UTF_8)));
              builder.add(entry);
            }
            builder.finish();
            var commit = new CommitBuilder();
            commit.setTreeId(index.writeTree(inserter));
            onto.map(ObjectId::fromString).ifPresent(commit::setParentId);
            commit.setAuthor(new PersonIdent(AUTHOR, Instant.now(), ZoneOffset.UTC));
            commit.setCommitter(new PersonIdent(AUTHOR, Instant.now(), ZoneOffset.UTC));
            commit.setMessage(message);
            var id = inserter.insert(commit);
            inserter.flush();
            return id.name();
          }
        });
  }

  Optional<String> head(String name, String branch) {
    return with(
        name,
        repository ->
            Optional.ofNullable(repository.resolve("refs/heads/" + branch)).map(ObjectId::name));
  }

  void setHead(String name, String branch, Optional<String> revision) {
    with(
        name,
        repository -> {
          var update = repository.updateRef("refs/heads/" + branch);
          update.setForceUpdate(true);
          if (revision.isPresent()) {
            update.setNewObjectId(ObjectId.fromString(revision.get()));
            return update.update();
          }
          return update.delete();
        });
  }

  Optional<CommitInfo> find(String name, String revision) {
    return with(
        name,
        repository -> {
          var id = resolve(repository, revision);
          if (id.isEmpty()) {
            return Optional.empty();
          }
          try (var walk = new RevWalk(repository)) {
            return Optional.of(info(repository, walk, walk.parseCommit(id.get())));
          }
        });
  }

  /** Commits that the second has and the first has not, oldest first; empty first: all. */
  List<CommitInfo> between(String name, Optional<String> from, String to) {
    return with(
        name,
        repository -> {
          try (var walk = new RevWalk(repository)) {
            walk.sort(RevSort.TOPO);
            walk.sort(RevSort.REVERSE, true);
            walk.markStart(walk.parseCommit(ObjectId.fromString(to)));
            if (from.isPresent()) {
              walk.markUninteresting(walk.parseCommit(ObjectId.fromString(from.get())));
            }
            var commits = new ArrayList<CommitInfo>();
            for (var commit : walk) {
              commits.add(info(repository, walk, commit));
            }
            return commits;
          }
        });
  }

  /** The text of a file at a revision. */
  Optional<String> file(String name, String revision, String path) {
    return with(
        name,
        repository -> {
          var id = resolve(repository, revision);
          if (id.isEmpty()) {
            return Optional.empty();
          }
          try (var walk = new RevWalk(repository);
              var tree = TreeWalk.forPath(repository, path, walk.parseCommit(id.get()).getTree())) {
            return tree == null || tree.isSubtree()
                ? Optional.empty()
                : Optional.of(
                    new String(
                        repository.open(tree.getObjectId(0)).getBytes(), StandardCharsets.UTF_8));
          }
        });
  }

  // ---- git over HTTP

  /** What a client is told first. */
  void advertise(String name, OutputStream out) {
    with(
        name,
        repository -> {
          var lines = new PacketLineOut(out);
          lines.writeString("# service=git-upload-pack\n");
          lines.end();
          try (var pack = uploadPack(repository)) {
            pack.sendAdvertisedRefs(new RefAdvertiser.PacketLineOutRefAdvertiser(lines));
          }
          return true;
        });
  }

  /** Sends what the client asks for. */
  void upload(String name, InputStream in, OutputStream out) {
    with(
        name,
        repository -> {
          try (var pack = uploadPack(repository)) {
            pack.upload(in, out, null);
          }
          return true;
        });
  }

  private static UploadPack uploadPack(Repository repository) {
    var pack = new UploadPack(repository);
    pack.setBiDirectionalPipe(false);
    pack.setRequestPolicy(UploadPack.RequestPolicy.ANY);
    return pack;
  }

  // ---- inside

  private static Optional<ObjectId> resolve(Repository repository, String revision)
      throws IOException {
    var id = repository.resolve(revision);
    return id != null && repository.getObjectDatabase().has(id)
        ? Optional.of(id)
        : Optional.empty();
  }

  private static CommitInfo info(Repository repository, RevWalk walk, RevCommit commit)
      throws IOException {
    var parents = List.of(commit.getParents()).stream().map(RevCommit::getName).toList();
    var changed = new TreeMap<DiffEntry.ChangeType, List<String>>();
    try (var reader = repository.newObjectReader();
        var tree = new TreeWalk(reader)) {
      if (parents.isEmpty()) {
        tree.addTree(new EmptyTreeIterator());
      } else {
        tree.addTree(
            new CanonicalTreeParser(null, reader, walk.parseCommit(commit.getParent(0)).getTree()));
      }
      tree.addTree(new CanonicalTreeParser(null, reader, commit.getTree()));
      tree.setRecursive(true);
      for (var entry : DiffEntry.scan(tree)) {
        var deleted = entry.getChangeType() == DiffEntry.ChangeType.DELETE;
        changed
            .computeIfAbsent(entry.getChangeType(), any -> new ArrayList<>())
            .add(deleted ? entry.getOldPath() : entry.getNewPath());
      }
    }
    var author = commit.getAuthorIdent();
    return new CommitInfo(
        commit.getName(),
        commit.getTree().getName(),
        commit.getFullMessage(),
        author.getName(),
        author.getEmailAddress(),
        DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
            author.getWhenAsInstant().atZone(author.getZoneId())),
        parents,
        changed);
  }

  private interface Work<T> {
    T on(Repository repository) throws IOException;
  }

  private <T> T with(String name, Work<T> work) {
    try (var repository =
        new FileRepositoryBuilder()
            .setGitDir(path(name).toFile())
            .setMustExist(true)
            .setBare()
            .build()) {
      return work.on(repository);
    } catch (IOException e) {
      throw new UncheckedIOException("git in " + path(name) + " failed", e);
    }
  }
}
