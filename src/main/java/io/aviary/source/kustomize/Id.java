package io.aviary.source.kustomize;

/** What Kustomize knows an object by. No namespace is {@code default}. */
record Id(String group, String version, String kind, String namespace, String name) {

  Id {
    namespace = namespace.isEmpty() ? "default" : namespace;
  }

  static Id of(String apiVersion, String kind, String namespace, String name) {
    return new Id(group(apiVersion), version(apiVersion), kind, namespace, name);
  }

  /** Empty: the core group. */
  static String group(String apiVersion) {
    var slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  static String version(String apiVersion) {
    return apiVersion.substring(apiVersion.indexOf('/') + 1);
  }

  /** As a person would say it. */
  String label() {
    return kind + " " + name;
  }
}
