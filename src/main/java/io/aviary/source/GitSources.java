package io.aviary.source;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.LiveConfiguration;
import io.aviary.source.Remote.Filter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@link Sources} by JGit. */
@Component
final class GitSources implements Sources, AutoCloseable {

  private static final Pattern FULL = Pattern.compile("\\p{XDigit}{40}");
  private static final Pattern ABBREVIATED = Pattern.compile("\\p{XDigit}{4,40}");
  private static final List<Filter> TREES = List.of(Filter.NO_FILES, Filter.NOTHING);

  private final LiveConfiguration configuration;
  private final SourceProperties properties;
  private final Path temporary;
  private final Histories histories;

  GitSources(LiveConfiguration configuration, SourceProperties properties) {
    OwnGitConfiguration.install();
    this.configuration = configuration;
    this.properties = properties;
    this.temporary =
        Folders.temporary(Path.of(System.getProperty("java.io.tmpdir")), "aviary-source-");
    this.histories =
        new Histories(
            properties.folder() != null ? properties.folder() : temporary.resolve("histories"));
  }

  @Override
  public Checkout fetch(ApplicationProperties application, String revision) {
    var remote = remote(application);
    var commit = full(remote, revision);
    var folder = Folders.temporary(temporary, "commit-");
    try {
      var repository = Folders.bare(folder);
      try {
        fetchCommit(remote, application.branch(), repository, commit, 1);
        return new GitCheckout(remote, repository, folder, commit);
      } catch (IOException | RuntimeException e) {
        repository.close();
        throw e;
      }
    } catch (IOException e) {
      Folders.remove(folder);
      throw local(e);
    } catch (RuntimeException e) {
      Folders.remove(folder);
      throw e;
    }
  }

  private void fetchCommit(
      Remote remote, String branch, Repository into, ObjectId commit, int depth) {
    var asked = "fetch commit " + commit.name();
    if (remote.fetch(into, List.of(commit.name()), depth, TREES, asked)) {
      return;
    }
    // A server may hand out only what its refs are at; whether it has the commit at all is cheaper
    // to learn from the history alone.
    if (!histories.contains(remote, branch, commit)) {
      throw remote.rejection(
          asked, "there is no such commit, neither by its revision nor in branch '" + branch + "'");
    }
    remote.fetch(into, List.of("refs/heads/" + branch + ":refs/aviary/branch"), 0, TREES, asked);
  }

  @Override
  public String head(ApplicationProperties application) {
    return remote(application).head(application.branch()).name();
  }

  @Override
  public Optional<List<String>> since(ApplicationProperties application, String revision) {
    var remote = remote(application);
    return histories.since(remote, application.branch(), full(remote, revision));
  }

  @Override
  public String resolve(ApplicationProperties application, String revision) {
    var remote = remote(application);
    if (!ABBREVIATED.matcher(revision).matches()) {
      throw remote.rejection(
          "find commit " + shortened(revision), "a revision is 4 to 40 hexadecimal digits");
    }
    return histories.resolve(remote, application.branch(), lowerCase(revision)).name();
  }

  @Override
  public Set<String> changedPaths(ApplicationProperties application, String before, String after) {
    var remote = remote(application);
    var newer = full(remote, after);
    var older = full(remote, before);
    var folder = Folders.temporary(temporary, "changes-");
    try (var repository = Folders.bare(folder)) {
      fetchCommit(remote, application.branch(), repository, newer, 1);
      if (!older.equals(ObjectId.zeroId()) && !repository.getObjectDatabase().has(older)) {
        var asked = "fetch commit " + older.name();
        remote.fetch(repository, List.of(older.name()), 1, TREES, asked);
      }
      return difference(repository, older, newer);
    } catch (IOException e) {
      throw local(e);
    } finally {
      Folders.remove(folder);
    }
  }

  private static Set<String> difference(Repository repository, ObjectId older, ObjectId newer)
      throws IOException {
    var paths = new TreeSet<String>();
    try (var walk = new RevWalk(repository);
        var trees = new TreeWalk(repository)) {
      var commit = walk.parseCommit(newer);
      addTree(trees, walk, repository.getObjectDatabase().has(older) ? older : null);
      addTree(trees, walk, commit);
      trees.setRecursive(true);
      trees.setFilter(TreeFilter.ANY_DIFF);
      while (trees.next()) {
        paths.add(trees.getPathString());
      }
    }
    return paths;
  }

  private static void addTree(TreeWalk trees, RevWalk walk, @Nullable AnyObjectId commit)
      throws IOException {
    if (commit == null) {
      trees.addTree(new EmptyTreeIterator());
    } else {
      trees.addTree(
          new CanonicalTreeParser(
              null, trees.getObjectReader(), walk.parseCommit(commit).getTree()));
    }
  }

  private Remote remote(ApplicationProperties application) {
    return new Remote(
        application.effectiveCloneUrl(), configuration.current().github().token(), properties);
  }

  private static ObjectId full(Remote remote, String revision) {
    if (!FULL.matcher(revision).matches()) {
      throw remote.rejection(
          "find commit " + shortened(revision), "a full revision is 40 hexadecimal digits");
    }
    return ObjectId.fromString(lowerCase(revision));
  }

  /** People may send anything. */
  private static String shortened(String revision) {
    return "'" + (revision.length() > 60 ? revision.substring(0, 60) + "…" : revision) + "'";
  }

  private static String lowerCase(String revision) {
    return revision.toLowerCase(java.util.Locale.ROOT);
  }

  private SourceException local(IOException e) {
    return new SourceException(
        "cannot keep what git handed out in " + temporary + ": " + e.getMessage(), false, e);
  }

  @Override
  public void close() {
    Folders.remove(temporary);
  }
}
