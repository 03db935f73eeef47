package io.aviary.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What two Codefresh pipelines mean, as far as it has been read. Not for use by many threads. */
final class CodefreshRelease {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z$/.][A-Za-z0-9_./$-]*");
  private static final Set<String> NO_TEXTS =
      Set.of("true", "false", "null", "yes", "no", "on", "off");

  /** An image; values with Aviary's placeholders. */
  record Image(
      String key,
      String name,
      String context,
      String dockerfile,
      @Nullable String target,
      Map<String, String> args,
      String tag) {}

  /** A gate. */
  record Gate(String name, boolean traffic, String image, List<String> command) {}

  private final Map<String, Image> imagesByStep = new LinkedHashMap<>();
  private final Set<String> canaryManifests = new LinkedHashSet<>();
  private final Set<String> productionManifests = new LinkedHashSet<>();
  private final List<Gate> gates = new ArrayList<>();

  void image(String step, Image image) {
    imagesByStep.put(step, image);
  }

  Optional<Image> builtBy(String step) {
    return Optional.ofNullable(imagesByStep.get(step));
  }

  /** By how it is pulled, without its tag. */
  Optional<Image> imageNamed(String reference) {
    var colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
    var name = colon < 0 ? reference : reference.substring(0, colon);
    return imagesByStep.values().stream()
        .filter(it -> name.equals(it.name()) || name.endsWith("/" + it.name()))
        .findFirst();
  }

  Set<String> manifests(boolean production) {
    return production ? productionManifests : canaryManifests;
  }

  void gate(Gate gate) {
    gates.add(gate);
  }

  boolean isEmpty() {
    return imagesByStep.isEmpty() && canaryManifests.isEmpty() && productionManifests.isEmpty();
  }

  /** What every release needs and these pipelines do not say. */
  List<String> missing() {
    var missing = new ArrayList<String>();
    if (imagesByStep.isEmpty()) {
      missing.add("no step of type build was found, so there is no image to release");
    }
    if (canaryManifests.isEmpty()) {
      missing.add("no 'kubectl apply -f' was found in the canary's pipeline");
    }
    if (productionManifests.isEmpty()) {
      missing.add("no 'kubectl apply -f' was found in production's pipeline");
    }
    return missing;
  }

  String write() {
    var text =
        new StringBuilder("# Made from the Codefresh pipelines by aviary import codefresh.\n");
    text.append("images:\n");
    for (var image : imagesByStep.values()) {
      text.append("  ").append(quoted(image.key())).append(":\n");
      line(text, 4, "name", quoted(image.name()));
      if (!image.context().equals(".")) {
        line(text, 4, "context", quoted(image.context()));
      }
      if (!image.dockerfile().equals("Dockerfile")) {
        line(text, 4, "dockerfile", quoted(image.dockerfile()));
      }
      if (image.target() != null) {
        line(text, 4, "target", quoted(image.target()));
      }
      if (!image.args().isEmpty()) {
        var args =
            image.args().entrySet().stream()
                .map(it -> quoted(it.getKey()) + ": " + quoted(it.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
        line(text, 4, "args", args);
      }
      if (!image.tag().equals("$SHORT_REVISION")) {
        line(text, 4, "tag", quoted(image.tag()));
      }
    }
    text.append("canary:\n");
    line(text, 2, "manifests", list(canaryManifests));
    if (!gates.isEmpty()) {
      text.append("  gates:\n");
      for (var gate : gates) {
        text.append("    - name: ").append(quoted(gate.name())).append('\n');
        if (gate.traffic()) {
          line(text, 6, "traffic", "10");
        }
        line(
            text,
            6,
            "test",
            "{image: "
                + quoted(gate.image())
                + (gate.command().isEmpty() ? "" : ", command: " + list(gate.command()))
                + ", timeout: 5m}");
      }
    }
    text.append("production:\n");
    line(text, 2, "manifests", list(productionManifests));
    return text.toString();
  }

  private static void line(StringBuilder text, int indent, String key, String value) {
    text.append(" ".repeat(indent)).append(key).append(": ").append(value).append('\n');
  }

  private static String list(Iterable<String> items) {
    var quoted = new ArrayList<String>();
    items.forEach(item -> quoted.add(quoted(item)));
    return "[" + String.join(", ", quoted) + "]";
  }

  /** Between quotes unless it can be nothing but a text. */
  private static String quoted(String text) {
    return PLAIN.matcher(text).matches()
            && !NO_TEXTS.contains(text.toLowerCase(java.util.Locale.ROOT))
        ? text
        : "\""
            + text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\t", "\\t")
            + "\"";
  }
}
