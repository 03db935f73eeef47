package io.aviary.source.kustomize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An object on its way through the layers, with what it was called before. */
final class Resource {

  private static final Set<String> CLUSTER_WIDE =
      Set.of(
          "APIService",
          "CSIDriver",
          "CSINode",
          "ClusterRole",
          "ClusterRoleBinding",
          "CustomResourceDefinition",
          "GatewayClass",
          "IngressClass",
          "MutatingWebhookConfiguration",
          "Namespace",
          "Node",
          "PersistentVolume",
          "PriorityClass",
          "RuntimeClass",
          "StorageClass",
          "ValidatingAdmissionPolicy",
          "ValidatingAdmissionPolicyBinding",
          "ValidatingWebhookConfiguration",
          "VolumeAttachment");

  private final String file;
  private Map<String, @Nullable Object> content;
  private final List<Id> previous = new ArrayList<>();
  private final List<String> prefixes = new ArrayList<>();
  private final List<String> suffixes = new ArrayList<>();
  private boolean hashed;

  Resource(String file, Map<String, @Nullable Object> content) {
    this.file = file;
    this.content = content;
  }

  /** The file that a person would change to change it. */
  String file() {
    return file;
  }

  Map<String, @Nullable Object> content() {
    return content;
  }

  void replace(Map<String, @Nullable Object> changed) {
    var before = id();
    this.content = changed;
    if (!before.equals(id())) {
      previous.add(before);
    }
  }

  Id id() {
    return Id.of(apiVersion(), kind(), namespace(), name());
  }

  /** Whether it is called so, or was. */
  boolean was(Id id) {
    return id().equals(id) || previous.contains(id);
  }

  List<Id> ids() {
    var ids = new ArrayList<>(previous);
    ids.add(id());
    return ids;
  }

  List<Id> previous() {
    return previous;
  }

  String apiVersion() {
    return text(content.get("apiVersion"));
  }

  String group() {
    return Id.group(apiVersion());
  }

  String kind() {
    return text(content.get("kind"));
  }

  String name() {
    return text(metadata().get("name"));
  }

  String namespace() {
    return text(metadata().get("namespace"));
  }

  boolean isNamespaced() {
    return !CLUSTER_WIDE.contains(kind());
  }

  void setNamespace(String namespace) {
    var before = id();
    metadata().put("namespace", namespace);
    if (!before.equals(id())) {
      previous.add(before);
    }
  }

  void rename(String name) {
    var before = id();
    metadata().put("name", name);
    if (!before.equals(id())) {
      previous.add(before);
    }
  }

  void addPrefix(String prefix) {
    prefixes.add(prefix);
    rename(prefix + name());
  }

  void addSuffix(String suffix) {
    suffixes.add(suffix);
    rename(name() + suffix);
  }

  boolean hasSameAdditions(Resource other) {
    return prefixes.equals(other.prefixes) && suffixes.equals(other.suffixes);
  }

  /** Its name gets the hash of its content at the end. */
  void toBeHashed() {
    hashed = true;
  }

  boolean isHashed() {
    return hashed;
  }

  /** Takes another one's place, with its names and what it had on it. */
  void succeed(Resource old) {
    var name = old.name();
    previous.addAll(old.previous);
    prefixes.addAll(old.prefixes);
    suffixes.addAll(old.suffixes);
    hashed &= old.hashed;
    for (var key : List.of("labels", "annotations")) {
      var merged = new LinkedHashMap<String, @Nullable Object>();
      merged.putAll(old.inMetadata(key));
      merged.putAll(inMetadata(key));
      if (!merged.isEmpty()) {
        metadata().put(key, merged);
      }
    }
    metadata().put("name", name);
    if (!old.namespace().isEmpty()) {
      metadata().put("namespace", old.namespace());
    }
  }

  /** Labels or annotations; not to be changed. */
  Map<String, @Nullable Object> inMetadata(String key) {
    return metadata().get(key) instanceof Map<?, ?> map ? Json.map(map) : Map.of();
  }

  private Map<String, @Nullable Object> metadata() {
    return Json.map(Objects.requireNonNull(content.get("metadata")));
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
