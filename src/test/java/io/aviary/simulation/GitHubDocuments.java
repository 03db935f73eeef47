package io.aviary.simulation;

import io.aviary.simulation.GitRepositories.CommitInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.eclipse.jgit.diff.DiffEntry.ChangeType;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** GitHub's documents about repositories and commits, in events and in the REST API. */
final class GitHubDocuments {

  private static final String ZEROS = "0".repeat(40);
  private static final int LIMIT = 2048;

  private final GitRepositories repositories;
  private final Supplier<String> url;
  private final BooleanSupplier isPrivate;

  GitHubDocuments(GitRepositories repositories, Supplier<String> url, BooleanSupplier isPrivate) {
    this.repositories = repositories;
    this.url = url;
    this.isPrivate = isPrivate;
  }

  ObjectNode user(String login) {
    return Json.object()
        .put("login", login)
        .put("id", id(login))
        .put("node_id", "U_" + login)
        .put("type", "User")
        .put("site_admin", false)
        .put("url", url.get() + "/api/v3/users/" + login)
        .put("html_url", url.get() + "/" + login)
        .put("avatar_url", "")
        .put("gravatar_id", "");
  }

  ObjectNode repository(String name) {
    var owner = name.substring(0, name.indexOf('/'));
    var api = api(name);
    var document =
        Json.object()
            .put("id", id(name))
            .put("node_id", "R_" + name)
            .put("name", name.substring(name.indexOf('/') + 1))
            .put("full_name", name)
            .put("private", isPrivate.getAsBoolean())
            .put("html_url", url.get() + "/" + name)
            .putNull("description")
            .put("fork", false)
            .put("url", api)
            .put("clone_url", url.get() + "/" + name + ".git")
            .put("ssh_url", "git@localhost:" + name + ".git")
            .put("hooks_url", api + "/hooks")
            .put("default_branch", "master")
            .put("master_branch", "master")
            .put("visibility", isPrivate.getAsBoolean() ? "private" : "public")
            .put("archived", false)
            .put("disabled", false);
    document.set("owner", user(owner).put("name", owner));
    document.putObject("permissions").put("admin", true).put("push", true).put("pull", true);
    return document;
  }

  ObjectNode push(String name, String branch, String before, String after, boolean forced) {
    var created = before.equals(ZEROS);
    var deleted = after.equals(ZEROS);
    var document =
        Json.object()
            .put("ref", "refs/heads/" + branch)
            .put("before", before)
            .put("after", after)
            .put("created", created)
            .put("deleted", deleted)
            .put("forced", forced)
            .putNull("base_ref")
            .put(
                "compare",
                "%s/%s/compare/%s...%s"
                    .formatted(url.get(), name, before.substring(0, 12), after.substring(0, 12)));
    var commits = document.putArray("commits");
    if (deleted) {
      document.putNull("head_commit");
    } else {
      var all = repositories.between(name, created ? Optional.empty() : Optional.of(before), after);
      all.subList(Math.max(0, all.size() - LIMIT), all.size())
          .forEach(commit -> commits.add(eventCommit(name, commit)));
      document.set("head_commit", eventCommit(name, repositories.find(name, after).orElseThrow()));
    }
    document.set("repository", repository(name));
    document.putObject("pusher").put("name", "watcher").put("email", "watcher@example.com");
    document.set("sender", user("watcher"));
    return document;
  }

  ObjectNode ping(String name, GitHubHooks.Hook hook) {
    var document = Json.object().put("zen", "Design for failure.").put("hook_id", hook.id());
    document.set("hook", hook(name, hook));
    document.set("repository", repository(name));
    document.set("sender", user("watcher"));
    return document;
  }

  ObjectNode hook(String name, GitHubHooks.Hook hook) {
    var document =
        Json.object()
            .put("type", "Repository")
            .put("id", hook.id())
            .put("name", "web")
            .put("active", true)
            .put("url", api(name) + "/hooks/" + hook.id());
    document.putArray("events").add("push");
    document
        .putObject("config")
        .put("url", hook.url())
        .put("content_type", "json")
        .put("insecure_ssl", "0")
        .put("secret", "********");
    return document;
  }

  ObjectNode restCommit(String name, CommitInfo commit) {
    var who =
        Json.object()
            .put("name", commit.author())
            .put("email", commit.email())
            .put("date", commit.date());
    var document =
        Json.object()
            .put("sha", commit.sha())
            .put("node_id", "C_" + commit.sha())
            .put("url", api(name) + "/commits/" + commit.sha())
            .put("html_url", html(name, commit));
    var inner = document.putObject("commit").put("message", commit.message());
    inner.set("author", who);
    inner.set("committer", who.deepCopy());
    inner.putObject("tree").put("sha", commit.tree());
    document.set("author", user(login(commit)));
    document.set("committer", user(login(commit)));
    var parents = document.putArray("parents");
    commit.parents().forEach(parent -> parents.add(Json.object().put("sha", parent)));
    return document;
  }

  String api(String name) {
    return url.get() + "/api/v3/repos/" + name;
  }

  private ObjectNode eventCommit(String name, CommitInfo commit) {
    var who =
        Json.object()
            .put("name", commit.author())
            .put("email", commit.email())
            .put("username", login(commit))
            .put("date", commit.date());
    var document =
        Json.object()
            .put("id", commit.sha())
            .put("tree_id", commit.tree())
            .put("distinct", true)
            .put("message", commit.message())
            .put("timestamp", commit.date())
            .put("url", html(name, commit));
    document.set("author", who);
    document.set("committer", who.deepCopy());
    document.set("added", paths(commit, ChangeType.ADD));
    document.set("removed", paths(commit, ChangeType.DELETE));
    document.set("modified", paths(commit, ChangeType.MODIFY));
    return document;
  }

  private String html(String name, CommitInfo commit) {
    return url.get() + "/" + name + "/commit/" + commit.sha();
  }

  private static String login(CommitInfo commit) {
    return commit.author().replaceFirst(" .*", "").toLowerCase(Locale.ROOT);
  }

  private static ArrayNode paths(CommitInfo commit, ChangeType type) {
    var paths = Json.array();
    commit.changed().getOrDefault(type, List.of()).forEach(paths::add);
    return paths;
  }

  private static long id(String name) {
    var sum = new CRC32();
    sum.update(name.getBytes(StandardCharsets.UTF_8));
    return sum.getValue();
  }
}
