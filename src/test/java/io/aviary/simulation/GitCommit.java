package io.aviary.simulation;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryDescription;
import org.eclipse.jgit.internal.storage.dfs.InMemoryRepository;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/** The files of a commit of any repository that can be read here. */
final class GitCommit {

  /** The header by which a builder's requests are told from the server's. */
  static final String BUILDER = "X-Simulated-Builder";

  private GitCommit() {}

  /**
   * Path to text; binary files come out mangled.
   *
   * @param header sent to HTTP servers, e.g. {@code Authorization: Basic …}; null: none
   * @throws IOException in git's words
   */
  static Map<String, String> files(String url, String revision, @Nullable String header)
      throws IOException {
    if (url.startsWith("file:")) {
      var folder = Path.of(URI.create(url)).toFile();
      try (var repository =
          new FileRepositoryBuilder().setGitDir(folder).setMustExist(true).build()) {
        return read(repository, revision);
      }
    }
    try (var repository = new InMemoryRepository(new DfsRepositoryDescription("build"));
        var git = Git.wrap(repository)) {
      git.fetch()
          .setRemote(new URIish(url).toString())
          .setRefSpecs("+refs/*:refs/*")
          .setTransportConfigCallback(transport -> authenticate(transport, header))
          .call();
      return read(repository, revision);
    } catch (GitAPIException | URISyntaxException e) {
      throw new IOException("failed to fetch remote %s: %s".formatted(url, e.getMessage()), e);
    }
  }

  private static void authenticate(Transport transport, @Nullable String header) {
    if (transport instanceof TransportHttp http) {
      var headers = new HashMap<>(Map.of(BUILDER, "yes"));
      if (header != null) {
        var sides = header.split(":", 2);
        headers.put(sides[0], sides[1].strip());
      }
      http.setAdditionalHeaders(headers);
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
}
