package io.aviary.source;

import io.aviary.release.Sha256;
import io.aviary.source.Remote.Filter;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commits of branches, without files where the server can leave them out, in a bare repository
 * for each clone URL. A question first asks for the branch's head and fetches only what is new.
 */
final class Histories {

  /** Each fetch leaves a pack; with so many the history is fetched anew. */
  private static final int MAX_PACKS = 64;

  private static final List<Filter> COMMITS =
      List.of(Filter.COMMITS_ONLY, Filter.NO_FILES, Filter.NOTHING);

  private static final Logger log = LoggerFactory.getLogger(Histories.class);

  private final Path folder;
  private final ConcurrentHashMap<Path, ReentrantLock> locks = new ConcurrentHashMap<>();

  Histories(Path folder) {
    this.folder = folder;
  }

  boolean contains(Remote remote, String branch, ObjectId revision) {
    var head = remote.head(branch);
    // The usual case, and it needs no history.
    return head.equals(revision)
        || ask(remote, branch, head, walk -> isAncestor(walk, revision, head));
  }

  /** Commits that the branch has beyond the revision, its head first; empty: it lacks that. */
  Optional<List<String>> since(Remote remote, String branch, ObjectId revision) {
    var head = remote.head(branch);
    return head.equals(revision)
        ? Optional.of(List.of())
        : ask(remote, branch, head, walk -> between(walk, revision, head));
  }

  private static Optional<List<String>> between(RevWalk walk, ObjectId revision, ObjectId head)
      throws IOException {
    if (!isAncestor(walk, revision, head)) {
      return Optional.empty();
    }
    walk.reset();
    walk.markStart(walk.parseCommit(head));
    walk.markUninteresting(walk.parseCommit(revision));
    var newer = new ArrayList<String>();
    for (var commit : walk) {
      newer.add(commit.name());
    }
    return Optional.of(newer);
  }

  ObjectId resolve(Remote remote, String branch, String prefix) {
    var head = remote.head(branch);
    if (head.name().equals(prefix)) {
      return head;
    }
    var found = ask(remote, branch, head, walk -> candidates(walk, prefix, head));
    var asked = "find commit " + prefix;
    if (found.isEmpty()) {
      throw remote.rejection(asked, "branch '" + branch + "' has no such commit");
    }
    if (found.size() > 1) {
      throw remote.rejection(
          asked,
          "branch '" + branch + "' has several that begin so; give more digits: " + names(found));
    }
    return found.getFirst();
  }

  private static String names(List<ObjectId> commits) {
    return String.join(", ", commits.stream().map(AnyObjectId::name).sorted().toList());
  }

  private static List<ObjectId> candidates(RevWalk walk, String prefix, ObjectId head)
      throws IOException {
    var found =
        walk.getObjectReader().resolve(AbbreviatedObjectId.fromString(prefix)).stream().toList();
    var commits = new ArrayList<ObjectId>();
    for (var id : found) {
      if (isAncestor(walk, id, head)) {
        commits.add(id);
      }
    }
    return commits;
  }

  private static boolean isAncestor(RevWalk walk, ObjectId revision, ObjectId head)
      throws IOException {
    try {
      walk.reset();
      var commit = walk.parseCommit(revision);
      return walk.isMergedInto(commit, walk.parseCommit(head));
    } catch (MissingObjectException | IncorrectObjectTypeException e) {
      if (e instanceof MissingObjectException missing && !missing.getObjectId().equals(revision)) {
        throw e;
      }
      return false;
    }
  }

  private <T> T ask(Remote remote, String branch, ObjectId head, Question<T> question) {
    var place = folder.resolve(name(remote));
    var lock = locks.computeIfAbsent(place, _ -> new ReentrantLock());
    lock.lock();
    try {
      try {
        return ask(place, remote, branch, head, question);
      } catch (IOException e) {
        log.warn("The history of {} in {} is damaged and is fetched anew", remote, place, e);
        Folders.remove(place);
        return ask(place, remote, branch, head, question);
      }
    } catch (IOException e) {
      throw new SourceException(
          "cannot read the history of " + remote + " in " + place + ": " + e.getMessage(),
          false,
          e);
    } finally {
      lock.unlock();
    }
  }

  private static <T> T ask(
      Path place, Remote remote, String branch, ObjectId head, Question<T> question)
      throws IOException {
    if (packs(place) > MAX_PACKS) {
      Folders.remove(place);
    }
    Files.createDirectories(place);
    try (var repository = Folders.bare(place)) {
      update(repository, remote, branch, head);
      try (var walk = new RevWalk(repository)) {
        walk.setRetainBody(false);
        // Only a whole history may say that it does not have a commit.
        walk.parseCommit(head);
        return question.answer(walk);
      }
    }
  }

  private static void update(Repository repository, Remote remote, String branch, ObjectId head)
      throws IOException {
    var name = Constants.R_HEADS + branch;
    var known = repository.exactRef(name);
    if (known != null && head.equals(known.getObjectId())) {
      return;
    }
    remote.fetch(
        repository,
        List.of("+" + name + ":" + name),
        0,
        COMMITS,
        "fetch the history of branch '" + branch + "'");
  }

  private static int packs(Path place) throws IOException {
    var packs = place.resolve("objects").resolve("pack");
    if (!Files.isDirectory(packs)) {
      return 0;
    }
    var count = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(packs, "*.pack")) {
      for (var _ : files) {
        count++;
      }
    }
    return count;
  }

  /** A part that people recognise, and one that is unique. */
  private static String name(Remote remote) {
    var url = remote.toString();
    var readable = url.substring(url.lastIndexOf('/', url.length() - 2) + 1);
    return readable.replaceAll("(\\.git)?/?$", "").replaceAll("[^A-Za-z0-9-]", "-")
        + "-"
        + Sha256.hex(remote.identity()).substring(0, 16)
        + ".git";
  }

  private interface Question<T> {
    T answer(RevWalk walk) throws IOException;
  }
}
