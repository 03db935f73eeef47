package io.aviary.simulation;

import io.aviary.simulation.Behaviour.Application;
import io.aviary.simulation.Behaviour.Reply;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The example application, as its source at the commit makes it behave. The variations of {@link
 * ExampleCommits} are told by what they write into {@code api.py}.
 */
final class ExampleApplication implements Application {

  private final String version;
  private final boolean silent;
  private final boolean forgetful;
  private final boolean unversioned;
  private final Map<String, String> birds = new ConcurrentHashMap<>();

  ExampleApplication(String source, Map<String, String> env) {
    this.version = env.getOrDefault("VERSION", "unknown");
    this.silent = source.contains(ExampleCommits.Change.NEVER_READY.marker());
    this.forgetful = source.contains(ExampleCommits.Change.BIRD_IS_LOST.marker());
    this.unversioned = source.contains(ExampleCommits.Change.VERSION_FAILS.marker());
  }

  static boolean isOne(String source) {
    return source.contains("Ornithology");
  }

  @Override
  public Reply reply(String method, String path, String body) {
    if (path.equals("/ping")) {
      return silent ? new Reply.Silence() : new Reply.Answer(200, "pong");
    }
    if (path.equals("/version")) {
      return unversioned ? new Reply.Answer(500, "broken") : new Reply.Answer(200, version);
    }
    if (path.equals("/metrics")) {
      return new Reply.Answer(200, "");
    }
    if (!path.startsWith("/birds/")) {
      return new Reply.Answer(404, "not found");
    }
    var bird = path.substring("/birds/".length());
    if (method.equals("PUT")) {
      if (!forgetful) {
        birds.put(bird, body);
      }
      return new Reply.Answer(201, "created");
    }
    var seen = birds.get(bird);
    return seen == null
        ? new Reply.Answer(404, "no such bird")
        : new Reply.Answer(200, "{\"name\": \"%s\", \"seen\": %s}".formatted(bird, seen));
  }
}
