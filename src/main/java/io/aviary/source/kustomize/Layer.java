package io.aviary.source.kustomize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One kustomization file: its resources, and what it does to them in Kustomize's order. */
final class Layer {

  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("vars", "are not understood; generate a ConfigMap, or write the value out"),
          Map.entry("replacements", "are not understood; use a patch, or write the value out"),
          Map.entry("helmCharts", "are not rendered; name the chart as manifests: {helm: …}"),
          Map.entry("helmGlobals", "are not rendered; name the chart as manifests: {helm: …}"),
          Map.entry("helmChartInflationGenerator", "is not run; name the chart as manifests"),
          Map.entry("generators", "are not run: nothing of a repository is executed"),
          Map.entry("transformers", "are not run: nothing of a repository is executed"),
          Map.entry("validators", "are not run: nothing of a repository is executed"),
          Map.entry("configurations", "are not understood; use patches"),
          Map.entry("crds", "are not understood; use patches"),
          Map.entry("openapi", "is not understood: only the core kinds have merge keys"),
          Map.entry("buildMetadata", "is not understood; leave it out"),
          Map.entry("sortOptions", "are not understood; Aviary applies in an order of its own"));

  private static final Set<String> SCALABLE =
      Set.of("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet");

  private static final int LONGEST_ADDITION = 253;

  private final Session session;
  private final Block block;
  private final Paths paths;
  private final Loader loader;

  Layer(Session session, Block block, Paths paths, Loader loader) {
    this.session = session;
    this.block = block;
    this.paths = paths;
    this.loader = loader;
  }

  /**
   * @param resources what is there already, if this is a component; is changed
   */
  void applyTo(List<Resource> resources) {
    block.accept("apiVersion");
    block.accept("kind");
    block.accept("metadata");
    REFUSED.forEach(block::refuse);
    each("resources", (place, path) -> loader.add(place, path, paths, resources));
    each("bases", (place, path) -> loader.add(place, path, paths, resources));
    generate(resources);
    each("components", (place, path) -> loader.component(place, path, paths, resources));
    patch(resources);
    rename(resources);
    label(resources);
    patchJson(resources);
    scale(resources);
    renameImages(resources);
    block.end();
  }

  private interface Named {
    void add(Place place, String path);
  }

  private void each(String key, Named named) {
    var texts = block.texts(key);
    for (var i = 0; i < texts.size(); i++) {
      var path = texts.get(i);
      var place = block.place(key + "[" + i + "]");
      session.attempt(() -> named.add(place, path));
    }
  }

  private void generate(List<Resource> resources) {
    var options = block.block("generatorOptions");
    var generator = new Generator(session, paths, options);
    for (var one : block.blocks("configMapGenerator")) {
      session.attempt(() -> generator.generate("ConfigMap", one, resources));
    }
    for (var one : block.blocks("secretGenerator")) {
      session.attempt(() -> generator.generate("Secret", one, resources));
    }
    for (var key : List.of("labels", "annotations", "immutable", "disableNameSuffixHash")) {
      options.accept(key);
    }
    options.end();
  }

  private void patch(List<Resource> resources) {
    var patches = new Patches(session, paths, resources);
    each("patchesStrategicMerge", patches::strategicMerge);
    for (var one : block.blocks("patches")) {
      session.attempt(() -> patches.patches(one));
    }
  }

  private void patchJson(List<Resource> resources) {
    var patches = new Patches(session, paths, resources);
    for (var one : block.blocks("patchesJson6902")) {
      session.attempt(() -> patches.json6902(one));
    }
  }

  private void rename(List<Resource> resources) {
    var namespace = block.text("namespace");
    var prefix = addition("namePrefix");
    var suffix = addition("nameSuffix");
    if (!namespace.isEmpty() && loader.isOutermost() && !namespace.equals(session.namespace())) {
      block.refuse(
          "namespace", "must be left out, or be the application's: '" + session.namespace() + "'");
      return;
    }
    for (var resource : resources) {
      if (!namespace.isEmpty() && resource.isNamespaced()) {
        resource.setNamespace(namespace);
      }
      if (!Set.of("CustomResourceDefinition", "APIService", "Namespace")
          .contains(resource.kind())) {
        if (!prefix.isEmpty()) {
          resource.addPrefix(prefix);
        }
        if (!suffix.isEmpty()) {
          resource.addSuffix(suffix);
        }
      }
    }
  }

  private String addition(String key) {
    var text = block.text(key);
    if (text.length() > LONGEST_ADDITION) {
      session.refuse(block.place(key).refusal("is longer than a name may be"));
      return "";
    }
    return text;
  }

  private void label(List<Resource> resources) {
    for (var one : block.blocks("labels")) {
      var labels = new Labels(one.pairs("pairs"));
      var selectors = one.flag("includeSelectors");
      var templates = one.flag("includeTemplates");
      one.refuse("fields", "are not understood; use includeTemplates, includeSelectors or patches");
      one.end();
      session.countValues(one.place(""), labels.size() * resources.size());
      resources.forEach(resource -> label(resource, labels, selectors, templates));
    }
    var common = block.pairs("commonLabels");
    if (!common.isEmpty()) {
      session.countValues(block.place("commonLabels"), (long) common.size() * resources.size());
      resources.forEach(resource -> label(resource, new Labels(common), true, true));
    }
    var annotations = block.pairs("commonAnnotations");
    if (!annotations.isEmpty()) {
      session.countValues(
          block.place("commonAnnotations"), (long) annotations.size() * resources.size());
      resources.forEach(new Labels(annotations)::annotate);
    }
  }

  private static void label(
      Resource resource, Labels labels, boolean selectors, boolean templates) {
    labels.label(resource);
    if (selectors || templates) {
      labels.labelPods(resource);
    }
    if (selectors) {
      labels.select(resource);
    }
  }

  private void scale(List<Resource> resources) {
    for (var one : block.blocks("replicas")) {
      var name = one.text("name");
      var count = one.count("count");
      one.end();
      var scaled = new ArrayList<Resource>();
      for (var resource : resources) {
        if (SCALABLE.contains(resource.kind())
            && resource.ids().stream().anyMatch(id -> id.name().equals(name))) {
          scaled.add(resource);
        }
      }
      if (scaled.isEmpty()) {
        session.refuse(
            one.place("name").refusal("there is no Deployment or StatefulSet '" + name + "' here"));
      }
      scaled.forEach(
          resource ->
              Fields.visit(resource.content(), "spec", true, map -> map.put("replicas", count)));
    }
  }

  private void renameImages(List<Resource> resources) {
    for (var one : block.blocks("images")) {
      session.attempt(
          () -> {
            var images = new Images(one);
            resources.forEach(resource -> images.rename(resource.content()));
          });
    }
  }
}
