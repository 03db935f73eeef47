package io.aviary.kubernetes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Prepares objects for a release. Nothing that comes in is changed: each answer is a copy. */
public final class Manifests {

  private Manifests() {}

  /**
   * Brings versions that clusters no longer serve to the ones that they do; others are left alone.
   *
   * @param live the objects of the same kinds and names that are there already, as {@link
   *     Cluster#live} gives them: a Deployment keeps the selector of the live one, because it
   *     cannot be changed
   * @see OldVersions
   */
  public static List<KubeObject> modern(List<KubeObject> objects, List<KubeObject> live) {
    return objects.stream().map(object -> OldVersions.modern(object, live)).toList();
  }

  /** Replaces a text inside of strings, e.g. {@code BUILD_NUMBER}; what is a string stays one. */
  public static List<KubeObject> withText(
      List<KubeObject> objects, String placeholder, String text) {
    return objects.stream()
        .map(object -> new KubeObject(replaced(object.content(), placeholder, text)))
        .toList();
  }

  /**
   * Puts labels on the objects themselves, never on pod templates or selectors: a label there would
   * replace every pod.
   */
  public static List<KubeObject> withLabels(List<KubeObject> objects, Map<String, String> labels) {
    return changed(
        objects, content -> Json.child(Json.child(content, "metadata"), "labels").putAll(labels));
  }

  /**
   * Replaces images of containers and init containers.
   *
   * @param references by an image's name as manifests write it, without tag and digest; {@code
   *     docker.io/} and {@code library/} in front of either make no difference
   */
  public static List<KubeObject> withImages(
      List<KubeObject> objects, Map<String, String> references) {
    Map<String, String> byName = new LinkedHashMap<>();
    references.forEach((name, reference) -> byName.put(imageName(name), reference));
    return changedPods(
        objects,
        pod ->
            containers(pod)
                .forEach(
                    container -> {
                      if (container.get("image") instanceof String image) {
                        container.put("image", byName.getOrDefault(imageName(image), image));
                      }
                    }));
  }

  /** Names of the images that pods of these objects use, without tag and digest, sorted. */
  public static Set<String> imageNames(List<KubeObject> objects) {
    Set<String> names = new TreeSet<>();
    for (var object : objects) {
      podSpec(Json.copy(object.content())).stream()
          .flatMap(pod -> containers(pod).stream())
          .map(container -> Json.text(container, "image"))
          .forEach(
              image -> {
                if (image != null) {
                  names.add(imageName(image));
                }
              });
    }
    return names;
  }

  /** Adds a Secret to {@code imagePullSecrets} of every pod spec that does not name it yet. */
  public static List<KubeObject> withPullSecret(List<KubeObject> objects, String secret) {
    return changedPods(
        objects,
        pod -> {
          var secrets = new ArrayList<>(Json.list(pod, "imagePullSecrets"));
          if (secrets.stream().noneMatch(one -> secret.equals(Json.text(one, "name")))) {
            secrets.add(Map.of("name", secret));
          }
          pod.put("imagePullSecrets", secrets);
        });
  }

  /**
   * An image's name: without tag, digest, and what Docker Hub's images may leave out. Of {@code
   * docker.io/library/busybox:1} it is {@code busybox}.
   */
  public static String imageName(String image) {
    var name = image.contains("@") ? image.substring(0, image.indexOf('@')) : image;
    int colon = name.lastIndexOf(':');
    if (colon > name.lastIndexOf('/')) {
      name = name.substring(0, colon);
    }
    return name.replaceFirst("^(index\\.)?docker\\.io/", "").replaceFirst("^library/", "");
  }

  private static List<KubeObject> changedPods(
      List<KubeObject> objects, Consumer<Map<String, Object>> change) {
    return changed(objects, content -> podSpec(content).ifPresent(change));
  }

  private static List<KubeObject> changed(
      List<KubeObject> objects, Consumer<Map<String, Object>> change) {
    UnaryOperator<KubeObject> changed =
        object -> {
          var content = Json.copy(object.content());
          change.accept(content);
          return new KubeObject(content);
        };
    return objects.stream().map(changed).toList();
  }

  /** Where an object has a pod spec, of whatever kind it is. */
  static Optional<Map<String, Object>> podSpec(Map<String, Object> content) {
    var spec =
        switch (String.valueOf(content.get("kind"))) {
          case "Pod" -> Json.map(content, "spec");
          case "CronJob" -> Json.map(content, "spec", "jobTemplate", "spec", "template", "spec");
          case "PodTemplate" -> Json.map(content, "template", "spec");
          default -> Json.map(content, "spec", "template", "spec");
        };
    return spec.get("containers") instanceof List<?> ? Optional.of(spec) : Optional.empty();
  }

  /** Those of a copy, to be changed. */
  private static List<Map<String, Object>> containers(Map<String, Object> pod) {
    List<Map<String, Object>> containers = new ArrayList<>();
    Json.list(pod, "initContainers").forEach(container -> containers.add(Json.map(container)));
    Json.list(pod, "containers").forEach(container -> containers.add(Json.map(container)));
    return containers;
  }

  private static Map<String, Object> replaced(
      Map<String, Object> map, String placeholder, String text) {
    var copy = Json.copy(map);
    copy.replaceAll((key, value) -> replaced(value, placeholder, text));
    return copy;
  }

  private static Object replaced(Object value, String placeholder, String text) {
    return switch (value) {
      case String string -> string.replace(placeholder, text);
      case Map<?, ?> map -> replaced(Json.copy(map), placeholder, text);
      case List<?> list ->
          list.stream().map(item -> replaced((Object) item, placeholder, text)).toList();
      default -> value;
    };
  }
}
