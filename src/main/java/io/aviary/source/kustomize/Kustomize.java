package io.aviary.source.kustomize;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Renders a folder as {@code kustomize build} does. Nothing is executed or fetched, and what is not
 * understood is refused. Safe for use by many threads.
 */
public final class Kustomize {

  private Kustomize() {}

  /**
   * What came of a folder.
   *
   * @param objects in the order in which they are named; not to be used if something is refused
   * @param notes what has no effect and is no mistake
   * @param refusals all that is wrong
   */
  public record Result(List<Rendered> objects, List<String> notes, List<Refusal> refusals) {
    public Result {
      objects = List.copyOf(objects);
      notes = List.copyOf(notes);
      refusals = List.copyOf(refusals);
    }
  }

  /**
   * An object.
   *
   * @param file that it comes from
   */
  public record Rendered(String file, Map<String, @Nullable Object> content) {}

  /**
   * Renders a folder.
   *
   * @param namespace the only one that the folder may ask for
   * @param file that names the folder
   * @param line where
   * @param key where
   */
  public static Result render(
      Files files, String folder, String namespace, String file, int line, String key) {
    var session = new Session(files, namespace);
    List<Resource> resources = List.of();
    try {
      resources = new Loader(session).folder(new Place(file, line, key), folder);
      if (session.refusals().isEmpty()) {
        finish(session, resources);
      }
    } catch (Refusal refusal) {
      session.refuse(refusal);
    }
    return new Result(
        resources.stream().map(one -> new Rendered(one.file(), one.content())).toList(),
        session.notes(),
        session.refusals());
  }

  /** Names are final only here, and with them what refers to them. */
  private static void finish(Session session, List<Resource> resources) {
    for (var resource : resources) {
      if (resource.isHashed()) {
        resource.rename(resource.name() + "-" + ContentHash.of(resource));
      }
    }
    var references = new References(resources);
    resources.forEach(resource -> session.attempt(() -> references.rewrite(resource)));
    var names = new HashSet<Id>();
    for (var resource : resources) {
      if (!names.add(resource.id())) {
        session.refuse(
            new Refusal(
                resource.file(), 0, "", resource.id().label() + " is there twice in the end"));
      }
    }
  }
}
