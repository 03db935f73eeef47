package io.aviary.source.kustomize;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds what kustomizations name: files of objects, and folders with kustomizations. */
final class Loader {

  /** In the order in which Kustomize looks. */
  private static final List<String> NAMES =
      List.of("kustomization.yaml", "kustomization.yml", "Kustomization");

  private static final String LOCAL = "config.kubernetes.io/local-config";

  private static final List<String> FOREIGN =
      List.of(
          "kustomize.config.k8s.io/",
          "internal.config.kubernetes.io/",
          "config.kubernetes.io/function");

  private final Session session;

  /** Folders that are being read, outermost first. */
  private final List<String> open = new ArrayList<>();

  Loader(Session session) {
    this.session = session;
  }

  /** The objects of a folder, as they leave its kustomization. */
  List<Resource> folder(Place named, String folder) {
    var resources = new ArrayList<Resource>();
    apply(named, folder, false, resources);
    return resources;
  }

  /** The file that makes a folder one of Kustomize's. */
  static Optional<String> kustomization(Files files, String folder) {
    var names = files.list(folder);
    return NAMES.stream()
        .filter(names::contains)
        .findFirst()
        .map(name -> Files.below(folder, name));
  }

  void add(Place named, String path, Paths paths, List<Resource> into) {
    var resolved = paths.resource(named, path);
    var added = isFolder(resolved) ? folder(named, resolved) : objects(named, resolved);
    var there = new HashSet<Id>();
    into.forEach(resource -> there.add(resource.id()));
    for (var resource : added) {
      if (!there.add(resource.id())) {
        throw named.refusal("brings " + resource.id().label() + " a second time");
      }
    }
    into.addAll(added);
  }

  void component(Place named, String path, Paths paths, List<Resource> resources) {
    var resolved = paths.resource(named, path);
    if (!isFolder(resolved)) {
      throw named.refusal("must be a folder with a component");
    }
    apply(named, resolved, true, resources);
  }

  /** Whether the kustomization under way is the one that the release names. */
  boolean isOutermost() {
    return open.size() == 1;
  }

  private boolean isFolder(String path) {
    return path.equals(".") || !session.files().list(path).isEmpty();
  }

  private void apply(Place named, String folder, boolean component, List<Resource> resources) {
    if (open.contains(folder)) {
      throw named.refusal("includes itself: " + String.join(" → ", open) + " → " + folder);
    }
    session.countFolder(named);
    var file =
        kustomization(session.files(), folder)
            .orElseThrow(
                () ->
                    named.refusal("names '" + folder + "', which has no kustomization.yaml in it"));
    var others =
        NAMES.stream()
            .map(name -> Files.below(folder, name))
            .filter(name -> !name.equals(file) && session.files().exists(name))
            .toList();
    if (!others.isEmpty()) {
      throw new Refusal(
          others.getFirst(), 0, "", "stands beside " + file + "; there may be only one of them");
    }
    session.prefetch(folder);
    open.add(folder);
    try {
      var block = block(named, file);
      var kind = block.text("kind");
      var wanted = component ? "Component" : "Kustomization";
      if (!(kind.isEmpty() && !component) && !kind.equals(wanted)) {
        throw block.place("kind").refusal("must be " + wanted + " where it is named");
      }
      var paths = new Paths(session.files(), folder);
      new Layer(session, block, paths, this).applyTo(resources);
    } finally {
      open.removeLast();
    }
  }

  private Block block(Place named, String file) {
    var documents =
        session.documents(named, file, Files.Reading.SETTINGS).stream()
            .filter(document -> document.content() != null)
            .toList();
    if (documents.size() != 1 || !(documents.getFirst().content() instanceof Map<?, ?> map)) {
      throw new Refusal(file, 0, "", "must be one mapping, e.g. with resources");
    }
    var first = documents.getFirst();
    return new Block(session, file, first.line(), "", Json.map(map));
  }

  // ---- objects of files

  private List<Resource> objects(Place named, String file) {
    var resources = new ArrayList<Resource>();
    for (var document : session.documents(named, file, Files.Reading.OBJECTS)) {
      if (document.content() != null) {
        objects(file, document, "", document.content(), resources);
      }
    }
    session.countObjects(named, resources.size());
    return resources;
  }

  private void objects(
      String file,
      Files.Parsed document,
      String path,
      @Nullable Object content,
      List<Resource> into) {
    var place = new Place(file, document.line().applyAsInt(path), path);
    if (!(content instanceof Map<?, ?> map)) {
      throw place.refusal(
          "must be a mapping with kind and apiVersion, but is " + Json.kind(content));
    }
    var object = Json.map(map);
    if (!(object.get("kind") instanceof String kind)
        || !(object.get("apiVersion") instanceof String apiVersion)) {
      throw place.refusal("must have kind and apiVersion");
    }
    if (kind.endsWith("List") && object.get("items") instanceof List<?> items) {
      for (var i = 0; i < items.size(); i++) {
        objects(
            file,
            document,
            (path.isEmpty() ? "" : path + ".") + "items[" + i + "]",
            items.get(i),
            into);
      }
      return;
    }
    if (apiVersion.startsWith("kustomize.config.k8s.io/")) {
      throw place.refusal("is a " + kind + " and no object; name its folder");
    }
    Json.dropNothings(object);
    if (!(object.get("metadata") instanceof Map<?, ?> metadata)
        || !(metadata.get("name") instanceof String)) {
      throw place.refusal("must have metadata.name");
    }
    var resource = new Resource(file, object);
    for (var annotation : resource.inMetadata("annotations").keySet()) {
      if (FOREIGN.stream().anyMatch(annotation::startsWith)) {
        throw place.refusal(
            "has the annotation " + annotation + ", which is not understood; leave it out");
      }
    }
    if (isLocal(resource)) {
      session.note(resource.id().label() + " of " + file + " is left out: " + LOCAL);
    } else {
      into.add(resource);
    }
  }

  private static boolean isLocal(Resource resource) {
    var local = resource.inMetadata("annotations").get(LOCAL);
    return local != null && !"false".equals(local);
  }
}
