package io.aviary.webhook;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.RepositoryHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A repository that says what a test wants it to, or fails. */
final class FakeHistory implements RepositoryHistory {

  /** Called in place of an answer about the head, by the application's name. */
  interface Answer {
    String head(ApplicationProperties application);
  }

  private final Map<String, Answer> heads = new ConcurrentHashMap<>();
  private final Map<String, Set<String>> changes = new ConcurrentHashMap<>();
  private volatile @Nullable RuntimeException fault;
  final List<String> questions = new ArrayList<>();

  void forget() {
    heads.clear();
    changes.clear();
    fault = null;
    questions.clear();
  }

  void headIs(String application, String head) {
    heads.put(application, any -> head);
  }

  void whenAskedForHead(String application, Answer answer) {
    heads.put(application, answer);
  }

  void changed(String before, String after, String... paths) {
    changes.put(before + ".." + after, Set.of(paths));
  }

  void failWith(@Nullable RuntimeException problem) {
    fault = problem;
  }

  @Override
  public String head(ApplicationProperties application) {
    var answer = heads.get(application.name());
    if (answer == null) {
      throw new IllegalStateException(application.effectiveCloneUrl() + " does not answer");
    }
    return answer.head(application);
  }

  @Override
  public String resolve(ApplicationProperties application, String revision) {
    return revision;
  }

  @Override
  public Set<String> changedPaths(ApplicationProperties application, String before, String after) {
    var problem = fault;
    if (problem != null) {
      throw problem;
    }
    var question = before + ".." + after;
    questions.add(question);
    var answer = changes.get(question);
    if (answer == null) {
      throw new IllegalStateException("nobody expected the question " + question);
    }
    return answer;
  }
}
