package io.aviary.simulation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.treewalk.TreeWalk;

/** The files of a commit of any repository that can be read here. */
final class GitCommit {

  private GitCommit() {}

  /**
   * Path to text; binary files come out mangled.
   *
   * @throws IOException in git's words
   */
  static Map<String, String> files(String url, String revision) throws IOException {
    if (url.startsWith("file:")) {
      var folder = Path.of(java.net.URI.create(url)).toFile();
      try (var repository =
          new FileRepositoryBuilder().setGitDir(folder).setMustExist(true).build()) {
        return read(repository, revision);
      }
    }
    var folder = Files.createTempDirectory("simulated-build");
    try (var git = Git.init().setBare(true).setDirectory(folder.toFile()).call()) {
      git.fetch().setRemote(new URIish(url).toString()).setRefSpecs("+refs/*:refs/*").call();
      return read(git.getRepository(), revision);
    } catch (GitAPIException | java.net.URISyntaxException e) {
      throw new IOException("failed to fetch remote %s: %s".formatted(url, e.getMessage()), e);
    } finally {
      delete(folder);
    }
  }

  private static Map<String, String> read(Repository repository, String revision)
      throws IOException {
    var id = repository.resolve(revision.isEmpty() ? "HEAD" : revision);
    if (id == null || !repository.getObjectDatabase().has(id)) {
      throw new IOException("repository does not contain ref " + revision);
    }
    var files = new TreeMap<String, String>();
    try (var walk = new RevWalk(repository);
        var tree = new TreeWalk(repository)) {
      tree.addTree(walk.parseCommit(ObjectId.fromString(id.name())).getTree());
      tree.setRecursive(true);
      while (tree.next()) {
        var bytes = repository.open(tree.getObjectId(0)).getBytes();
        files.put(tree.getPathString(), new String(bytes, StandardCharsets.UTF_8));
      }
    }
    return files;
  }

  private static void delete(Path folder) throws IOException {
    try (var paths = Files.walk(folder)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
