package io.aviary.simulation;

import io.aviary.simulation.GitRepositories.CommitInfo;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The REST API's routes. What is reported is kept in memory. */
final class GitHubRest {

  private static final String REPO = "/repos/([^/]+/[^/]+)";
  private static final List<String> STATUS_STATES =
      List.of("error", "failure", "pending", "success");
  private static final List<String> DEPLOYMENT_STATES =
      List.of("error", "failure", "inactive", "in_progress", "queued", "pending", "success");

  /** An answer. */
  record Result(int status, @Nullable JsonNode document) {}

  /** An answer that says no. */
  static final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;

    Problem(int status, String message) {
      super(message);
      this.status = status;
    }

    int status() {
      return status;
    }

    ObjectNode document() {
      return Json.object()
          .put("message", getMessage())
          .put("documentation_url", "https://docs.github.com/rest")
          .put("status", Integer.toString(status));
    }
  }

  private interface Handler {
    Result handle(MatchResult path, ApiRequest request);
  }

  private record Route(String method, Pattern path, Handler handler) {}

  private final GitRepositories repositories;
  private final GitHubHooks hooks;
  private final GitHubDocuments documents;
  private final AtomicLong ids;
  private final Map<String, List<ObjectNode>> statuses = new ConcurrentHashMap<>();
  private final Map<String, List<ObjectNode>> deployments = new ConcurrentHashMap<>();
  private final List<Route> routes;

  GitHubRest(
      GitRepositories repositories, GitHubHooks hooks, GitHubDocuments documents, AtomicLong ids) {
    this.repositories = repositories;
    this.hooks = hooks;
    this.documents = documents;
    this.ids = ids;
    this.routes =
        List.of(
            route("GET", "/?", (path, request) -> ok(Json.object().put("current_user_url", ""))),
            route("GET", "/rate_limit", (path, request) -> ok(rateLimit())),
            route("GET", "/user", (path, request) -> ok(documents.user("aviary"))),
            route("GET", REPO, (path, request) -> ok(documents.repository(repository(path)))),
            route("GET", REPO + "/branches/(.+)", this::branch),
            route("GET", REPO + "/commits/([^/]+)/status", this::combinedStatus),
            route("GET", REPO + "/commits/([^/]+)/statuses", this::listStatuses),
            route("GET", REPO + "/commits/([^/]+)", this::commit),
            route("GET", REPO + "/contents/(.+)", this::contents),
            route("GET", REPO + "/compare/(.+?)\\.\\.\\.(.+)", this::compare),
            route("POST", REPO + "/statuses/([0-9a-f]+)", this::createStatus),
            route("POST", REPO + "/deployments", this::createDeployment),
            route("GET", REPO + "/deployments", this::listDeployments),
            route("GET", REPO + "/deployments/(\\d+)", this::showDeployment),
            route("POST", REPO + "/deployments/(\\d+)/statuses", this::createDeploymentStatus),
            route(
                "GET",
                REPO + "/deployments/(\\d+)/statuses",
                (path, request) -> ok(deployment(path).path("statuses"))),
            route("GET", REPO + "/hooks", this::listHooks),
            route("POST", REPO + "/hooks", this::createHook),
            route("POST", REPO + "/hooks/(\\d+)/pings", this::ping),
            route("GET", REPO + "/hooks/(\\d+)/deliveries", this::listDeliveries),
            route(
                "GET",
                REPO + "/hooks/(\\d+)/deliveries/(\\d+)",
                (path, request) -> ok(whole(delivery(path)))),
            route("POST", REPO + "/hooks/(\\d+)/deliveries/(\\d+)/attempts", this::redeliver));
  }

  Result answer(ApiRequest request) {
    for (var route : routes) {
      var match = route.path().matcher(request.path());
      if (route.method().equals(request.method()) && match.matches()) {
        if (match.groupCount() > 0) {
          repository(match.toMatchResult());
        }
        return route.handler().handle(match.toMatchResult(), request);
      }
    }
    throw new Problem(404, "Not Found");
  }

  List<JsonNode> statuses(String repository) {
    return List.copyOf(statuses.getOrDefault(repository, List.of()));
  }

  List<JsonNode> deployments(String repository) {
    return List.copyOf(deployments.getOrDefault(repository, List.of()));
  }

  // ---- repositories

  private Result branch(MatchResult path, ApiRequest request) {
    var head =
        repositories
            .head(repository(path), path.group(2))
            .orElseThrow(() -> new Problem(404, "Branch not found"));
    var document = Json.object().put("name", path.group(2)).put("protected", false);
    document.set("commit", documents.restCommit(repository(path), info(repository(path), head)));
    return ok(document);
  }

  private Result commit(MatchResult path, ApiRequest request) {
    return ok(documents.restCommit(repository(path), info(repository(path), path.group(2))));
  }

  private Result contents(MatchResult path, ApiRequest request) {
    var reference = request.query().getOrDefault("ref", "master");
    var text =
        repositories
            .file(repository(path), reference, path.group(2))
            .orElseThrow(() -> new Problem(404, "Not Found"));
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return ok(
        Json.object()
            .put("type", "file")
            .put("encoding", "base64")
            .put("size", bytes.length)
            .put("path", path.group(2))
            .put("content", Base64.getMimeEncoder().encodeToString(bytes)));
  }

  private Result compare(MatchResult path, ApiRequest request) {
    var base = info(repository(path), path.group(2)).sha();
    var head = info(repository(path), path.group(3)).sha();
    var ahead = repositories.between(repository(path), Optional.of(base), head);
    var behind = repositories.between(repository(path), Optional.of(head), base);
    var status =
        ahead.isEmpty()
            ? behind.isEmpty() ? "identical" : "behind"
            : behind.isEmpty() ? "ahead" : "diverged";
    var document =
        Json.object()
            .put("status", status)
            .put("ahead_by", ahead.size())
            .put("behind_by", behind.size())
            .put("total_commits", ahead.size());
    var commits = document.putArray("commits");
    ahead.forEach(commit -> commits.add(documents.restCommit(repository(path), commit)));
    document.putArray("files");
    return ok(document);
  }

  // ---- statuses

  private Result createStatus(MatchResult path, ApiRequest request) {
    var body = body(request);
    requireState(body, STATUS_STATES);
    if (Json.text(body, "description").length() > 140) {
      throw new Problem(
          422, "Validation Failed: description is too long (maximum is 140 characters)");
    }
    var context = Json.text(body, "context");
    var status =
        Json.object()
            .put("id", ids.incrementAndGet())
            .put("state", Json.text(body, "state"))
            .put("context", context.isEmpty() ? "default" : context)
            .put("sha", info(repository(path), path.group(2)).sha())
            .put("created_at", now())
            .put("updated_at", now())
            .put("url", "");
    status.set("description", body.path("description"));
    status.set("target_url", body.path("target_url"));
    status.set("creator", documents.user("aviary"));
    list(statuses, repository(path)).addFirst(status);
    return new Result(201, status);
  }

  private Result listStatuses(MatchResult path, ApiRequest request) {
    var sha = info(repository(path), path.group(2)).sha();
    var array = Json.array();
    list(statuses, repository(path)).stream()
        .filter(status -> Json.text(status, "sha").equals(sha))
        .forEach(array::add);
    return ok(array);
  }

  private Result combinedStatus(MatchResult path, ApiRequest request) {
    var sha = info(repository(path), path.group(2)).sha();
    var latest = new TreeMap<String, ObjectNode>();
    for (var status : list(statuses, repository(path)).reversed()) {
      if (Json.text(status, "sha").equals(sha)) {
        latest.put(Json.text(status, "context"), status);
      }
    }
    var states = latest.values().stream().map(status -> Json.text(status, "state")).toList();
    var state =
        states.contains("failure") || states.contains("error")
            ? "failure"
            : states.contains("pending") || states.isEmpty() ? "pending" : "success";
    var document =
        Json.object().put("state", state).put("sha", sha).put("total_count", latest.size());
    document.putArray("statuses").addAll(latest.values());
    document.set("repository", documents.repository(repository(path)));
    return ok(document);
  }

  // ---- deployments

  private Result createDeployment(MatchResult path, ApiRequest request) {
    var body = body(request);
    require(body, "ref");
    var id = ids.incrementAndGet();
    var url = documents.api(repository(path)) + "/deployments/" + id;
    var environment =
        Json.text(body, "environment").isEmpty() ? "production" : Json.text(body, "environment");
    var deployment =
        Json.object()
            .put("id", id)
            .put("sha", info(repository(path), Json.text(body, "ref")).sha())
            .put("ref", Json.text(body, "ref"))
            .put("task", "deploy")
            .put("environment", environment)
            .put("original_environment", environment)
            .put("production_environment", body.path("production_environment").asBoolean(false))
            .put("transient_environment", body.path("transient_environment").asBoolean(false))
            .put("created_at", now())
            .put("updated_at", now())
            .put("url", url)
            .put("statuses_url", url + "/statuses");
    deployment.set("description", body.path("description"));
    deployment.set("payload", body.has("payload") ? body.path("payload") : Json.object());
    deployment.set("creator", documents.user("aviary"));
    deployment.putArray("statuses");
    list(deployments, repository(path)).addFirst(deployment);
    return new Result(201, brief(deployment));
  }

  private Result listDeployments(MatchResult path, ApiRequest request) {
    var array = Json.array();
    list(deployments, repository(path)).forEach(deployment -> array.add(brief(deployment)));
    return ok(array);
  }

  private Result showDeployment(MatchResult path, ApiRequest request) {
    return ok(brief(deployment(path)));
  }

  private Result createDeploymentStatus(MatchResult path, ApiRequest request) {
    var body = body(request);
    // github-api writes it so; GitHub takes it, though its documents name in_progress only.
    var state = Json.text(body, "state").replace('-', '_');
    requireState(Json.object().put("state", state), DEPLOYMENT_STATES);
    var deployment = deployment(path);
    var status =
        Json.object()
            .put("id", ids.incrementAndGet())
            .put("state", state)
            .put("description", Json.text(body, "description"))
            .put("log_url", Json.text(body, "log_url"))
            .put("target_url", Json.text(body, "log_url"))
            .put("environment_url", Json.text(body, "environment_url"))
            .put("environment", Json.text(deployment, "environment"))
            .put("created_at", now())
            .put("updated_at", now())
            .put("deployment_url", Json.text(deployment, "url"))
            .put("url", "");
    status.set("creator", documents.user("aviary"));
    synchronized (deployment) {
      Json.makeArray(deployment, "statuses").insert(0, status);
    }
    return new Result(201, status);
  }

  private ObjectNode deployment(MatchResult path) {
    var id = Long.parseLong(path.group(2));
    return list(deployments, repository(path)).stream()
        .filter(deployment -> deployment.path("id").asLong() == id)
        .findFirst()
        .orElseThrow(() -> new Problem(404, "Not Found"));
  }

  private static ObjectNode brief(ObjectNode deployment) {
    return deployment.deepCopy().without("statuses");
  }

  // ---- webhooks

  private Result listHooks(MatchResult path, ApiRequest request) {
    var array = Json.array();
    hooks.of(repository(path)).forEach(hook -> array.add(documents.hook(repository(path), hook)));
    return ok(array);
  }

  private Result createHook(MatchResult path, ApiRequest request) {
    var config = body(request).path("config");
    require(config, "url");
    var hook = hooks.add(repository(path), Json.text(config, "url"), Json.text(config, "secret"));
    Thread.startVirtualThread(
        () -> hooks.deliver(hook, "ping", documents.ping(repository(path), hook)));
    return new Result(201, documents.hook(repository(path), hook));
  }

  private Result ping(MatchResult path, ApiRequest request) {
    var hook =
        hooks.find(Long.parseLong(path.group(2))).orElseThrow(() -> new Problem(404, "Not Found"));
    var _ = hooks.deliver(hook, "ping", documents.ping(repository(path), hook));
    return new Result(204, null);
  }

  private Result listDeliveries(MatchResult path, ApiRequest request) {
    var id = Long.parseLong(path.group(2));
    var array = Json.array();
    hooks.deliveries().reversed().stream()
        .filter(delivery -> delivery.hook() == id)
        .forEach(delivery -> array.add(whole(delivery).without(List.of("request", "response"))));
    return ok(array);
  }

  private Result redeliver(MatchResult path, ApiRequest request) {
    var delivery = delivery(path);
    Thread.startVirtualThread(() -> hooks.again(delivery));
    return new Result(202, Json.object());
  }

  private GitHubStandIn.Delivery delivery(MatchResult path) {
    var id = Long.parseLong(path.group(3));
    return hooks.deliveries().stream()
        .filter(delivery -> delivery.id() == id)
        .findFirst()
        .orElseThrow(() -> new Problem(404, "Not Found"));
  }

  private static ObjectNode whole(GitHubStandIn.Delivery delivery) {
    var code = delivery.statusCode();
    var document =
        Json.object()
            .put("id", delivery.id())
            .put("guid", delivery.guid())
            .put("delivered_at", delivery.deliveredAt().toString())
            .put("redelivery", delivery.redelivery())
            .put("duration", 0.1)
            .put(
                "status",
                code == 0
                    ? "failed to connect to host"
                    : code < 300 ? "OK" : "Invalid HTTP Response")
            .put("status_code", code)
            .put("event", delivery.event())
            .putNull("action")
            .put("hook_id", delivery.hook());
    document.putObject("request").set("payload", Json.parse(delivery.payload()));
    document.putObject("response").put("payload", delivery.answer());
    return document;
  }

  // ---- helpers

  private String repository(MatchResult path) {
    var name = path.group(1);
    if (!repositories.exists(name)) {
      throw new Problem(404, "Not Found");
    }
    return name;
  }

  private CommitInfo info(String repository, String revision) {
    return repositories
        .find(repository, revision)
        .orElseThrow(() -> new Problem(422, "No commit found for SHA: " + revision));
  }

  private static ObjectNode body(ApiRequest request) {
    if (Json.parse(request.body()) instanceof ObjectNode object) {
      return object;
    }
    throw new Problem(400, "Problems parsing JSON");
  }

  private static void require(JsonNode body, String field) {
    if (Json.text(body, field).isEmpty()) {
      throw new Problem(422, "Validation Failed: missing " + field);
    }
  }

  private static void requireState(JsonNode body, List<String> states) {
    if (!states.contains(Json.text(body, "state"))) {
      throw new Problem(422, "Validation Failed: state is " + Json.text(body, "state"));
    }
  }

  private static ObjectNode rateLimit() {
    var core =
        Json.object()
            .put("limit", 5000)
            .put("remaining", 4999)
            .put("used", 1)
            .put("reset", Instant.now().plus(1, ChronoUnit.HOURS).getEpochSecond());
    var document = Json.object();
    document.putObject("resources").set("core", core);
    document.set("rate", core.deepCopy());
    return document;
  }

  private static List<ObjectNode> list(Map<String, List<ObjectNode>> map, String repository) {
    return map.computeIfAbsent(repository, any -> new CopyOnWriteArrayList<>());
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static Result ok(JsonNode document) {
    return new Result(200, document);
  }

  private static Route route(String method, String path, Handler handler) {
    return new Route(method, Pattern.compile(path), handler);
  }
}
