package io.aviary.source;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A document of a manifest file, with what checks ask of it. */
final class Document {

  private final String file;
  private final Tree.Mapping tree;
  private final Lines lines;

  Document(String file, Tree.Mapping tree) {
    this.file = file;
    this.tree = tree;
    this.lines = new Lines(file, tree);
  }

  /**
   * An object that was made from a file and is in none: it has no lines, and mistakes name it.
   *
   * @param file that a person mends
   */
  static Document rendered(String file, Tree.Mapping tree) {
    var document = new Document(file, tree);
    return new Document(file + " (" + document.label() + ")", tree.unplaced());
  }

  Tree.Mapping tree() {
    return tree;
  }

  String file() {
    return file;
  }

  int line() {
    return tree.line();
  }

  /** Empty if it is missing; that is reported once, elsewhere. */
  String kind() {
    return Section.orEmpty(tree.text("kind"));
  }

  String apiVersion() {
    return Section.orEmpty(tree.text("apiVersion"));
  }

  String name() {
    return Section.orEmpty(tree.text("metadata", "name"));
  }

  String label() {
    return kind() + " " + name();
  }

  boolean isDeployment() {
    return kind().equals("Deployment");
  }

  boolean isService() {
    return kind().equals("Service") && apiVersion().equals("v1");
  }

  Map<String, String> templateLabels() {
    return tree.texts("spec", "template", "metadata", "labels");
  }

  /**
   * Labels by which a Deployment knows its pods, or a Service those that it sends requests to; the
   * versions before {@code apps/v1} took the template's where a Deployment has none.
   */
  Map<String, String> selector() {
    if (isService()) {
      return tree.texts("spec", "selector");
    }
    return tree.at("spec", "selector") == null
        ? templateLabels()
        : tree.texts("spec", "selector", "matchLabels");
  }

  boolean selectsPodsOf(Document deployment) {
    return !selector().isEmpty()
        && deployment.templateLabels().entrySet().containsAll(selector().entrySet());
  }

  void mistake(Findings findings, String path, String sentence) {
    lines.add(findings, path, sentence);
  }

  Manifest toManifest() {
    var content = new LinkedHashMap<String, Object>();
    tree.entries().forEach((key, entry) -> put(content, key, entry.value().toJson()));
    return new Manifest(file, line(), Collections.unmodifiableMap(content));
  }

  private static void put(Map<String, Object> content, String key, @Nullable Object value) {
    if (value != null) {
      content.put(key, value);
    }
  }
}
