package io.aviary.source.kustomize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Patches of one kustomization, by any of the keys that bring some. */
final class Patches {

  private final Session session;
  private final Paths paths;
  private final List<Resource> resources;

  /**
   * @param resources are changed
   */
  Patches(Session session, Paths paths, List<Resource> resources) {
    this.session = session;
    this.paths = paths;
    this.resources = resources;
  }

  /** {@code patches}: either kind, inline or in a file, for objects by name or by a target. */
  void patches(Block patch) {
    var place = patch.place("");
    var documents = documents(patch, place);
    var target = patch.has("target") ? new Target(patch.block("target")) : null;
    patch.refuse(
        "options", "are not understood; a patch changes neither kind nor name unless it is JSON");
    patch.end();
    if (documents.stream().anyMatch(document -> document.content() instanceof List<?>)) {
      if (target == null) {
        throw place.refusal("is a JSON patch, and needs a target");
      }
      if (documents.size() > 1) {
        throw place.refusal("has more than one document; a JSON patch is one");
      }
      json(place, target, documents.getFirst());
    } else if (target == null) {
      documents.forEach(document -> byName(place, document));
    } else if (documents.size() > 1) {
      throw place.refusal("has more than one document, and a target that is for one");
    } else {
      var content = mapping(place, documents.getFirst());
      selected(place, target).forEach(resource -> merge(place, resource, content));
    }
  }

  /** {@code patchesJson6902}. */
  void json6902(Block patch) {
    var place = patch.place("");
    var documents = documents(patch, place);
    if (!patch.has("target")) {
      throw place.refusal("needs a target");
    }
    var target = new Target(patch.block("target"));
    patch.end();
    if (documents.size() != 1 || !(documents.getFirst().content() instanceof List<?>)) {
      throw place.refusal("must be one list of operations");
    }
    json(place, target, documents.getFirst());
  }

  /** {@code patchesStrategicMerge}: a file, or the patch itself. */
  void strategicMerge(Place place, String fileOrText) {
    var isText = fileOrText.contains("\n");
    documents(place, isText ? "" : fileOrText, isText ? fileOrText : "")
        .forEach(document -> byName(place, document));
  }

  private List<Files.Parsed> documents(Block patch, Place place) {
    var path = patch.text("path");
    var text = patch.text("patch");
    if (path.isEmpty() == text.isEmpty()) {
      throw place.refusal("must have either path or patch");
    }
    return documents(patch.place(path.isEmpty() ? "patch" : "path"), path, text);
  }

  private List<Files.Parsed> documents(Place place, String path, String text) {
    var objects = documents(place, path, text, Files.Reading.OBJECTS);
    return objects.stream().allMatch(document -> document.content() instanceof Map<?, ?>)
        ? objects
        : documents(place, path, text, Files.Reading.SETTINGS);
  }

  private List<Files.Parsed> documents(
      Place place, String path, String text, Files.Reading reading) {
    return withContent(
        place,
        path.isEmpty()
            ? session.inline(place, text, reading)
            : session.documents(place, paths.file(place, path), reading));
  }

  private static List<Files.Parsed> withContent(Place place, List<Files.Parsed> documents) {
    var some = documents.stream().filter(document -> document.content() != null).toList();
    if (some.isEmpty()) {
      throw place.refusal("has nothing in it");
    }
    return some;
  }

  private List<Resource> selected(Place place, Target target) {
    var selected = resources.stream().filter(target::matches).toList();
    if (selected.isEmpty()) {
      session.note(place.key() + " of " + place.file() + " matches no object and changes nothing");
    }
    return selected;
  }

  private void json(Place place, Target target, Files.Parsed document) {
    for (var resource : selected(place, target)) {
      session.countValues(place, Json.size(resource.content()));
      var content = Json.map(Json.copy(resource.content()));
      new JsonPatch(session, content, resource.id().label(), place)
          .apply((List<?>) Json.list(document.content()));
      Json.dropNothings(content);
      if (!(content.get("metadata") instanceof Map<?, ?> metadata)
          || !(metadata.get("name") instanceof String)
          || !resource.kind().equals(content.get("kind"))) {
        throw place.refusal(
            "for " + resource.id().label() + ": takes its name away, or changes its kind");
      }
      resource.replace(content);
    }
  }

  private void byName(Place place, Files.Parsed document) {
    var patch = mapping(place, document);
    var like = new Resource(place.file(), withMetadata(place, patch));
    var id = like.id();
    var same = resources.stream().filter(resource -> resource.was(id)).toList();
    if (same.size() != 1) {
      throw place.refusal(
          (same.isEmpty() ? "is for no object: there is no " : "is for more than one object: ")
              + id.label()
              + " of "
              + like.apiVersion()
              + (like.namespace().isEmpty() ? "" : " in namespace " + like.namespace())
              + (same.isEmpty() ? " here" : "; say which by a target"));
    }
    merge(place, same.getFirst(), patch);
  }

  private static Map<String, @Nullable Object> withMetadata(
      Place place, Map<String, @Nullable Object> patch) {
    if (patch.get("kind") instanceof String
        && patch.get("apiVersion") instanceof String
        && patch.get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("name") instanceof String) {
      return patch;
    }
    throw place.refusal("must have apiVersion, kind and metadata.name, or a target");
  }

  private static Map<String, @Nullable Object> mapping(Place place, Files.Parsed document) {
    if (document.content() instanceof Map<?, ?> map) {
      return Json.map(map);
    }
    throw place.refusal("must be a mapping or a list of operations");
  }

  private void merge(Place place, Resource resource, Map<String, @Nullable Object> patch) {
    session.countValues(place, Json.size(resource.content()) + Json.size(patch));
    var merged = new StrategicMerge(resource, place).apply(patch);
    if (merged.isPresent()) {
      resource.replace(merged.get());
    } else {
      var rest = new ArrayList<>(resources);
      rest.remove(resource);
      resources.clear();
      resources.addAll(rest);
    }
  }
}
