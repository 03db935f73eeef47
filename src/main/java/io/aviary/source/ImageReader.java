package io.aviary.source;

import io.aviary.release.Placeholders;
import io.aviary.release.definition.ImageDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part {@code images} of a definition. */
final class ImageReader {

  private static final Pattern TARGET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

  private ImageReader() {}

  static List<ImageDefinition> images(Section root) {
    root.require("images", "what is built from each commit");
    var images = new ArrayList<ImageDefinition>();
    var keys = new HashMap<String, String>();
    var names = new HashMap<String, String>();
    var sections = root.sections("images");
    for (var entry : sections.entrySet()) {
      var key = entry.getKey();
      var section = entry.getValue();
      if (!Names.IMAGE_KEY.matcher(key).matches()) {
        section.mistake(
            "cannot be part of a step's name; a key begins with a letter, goes on with letters,"
                + " digits, - and _, and has 40 at most");
        // Its own keys are looked at all the same.
        image("image", section);
        continue;
      }
      var twin = keys.putIfAbsent(key.toLowerCase(Locale.ROOT), key);
      if (twin != null) {
        section.mistake("differs from '" + twin + "' in upper and lower case only");
      }
      var image = image(key, section);
      var other = names.putIfAbsent(image.name(), key);
      if (other != null && !image.name().isEmpty()) {
        section.mistake("name", "is also the name of the image '" + other + "'");
      }
      images.add(image);
    }
    if (root.has("images") && root.isMapping("images") && sections.isEmpty()) {
      root.mistake("images", "must have at least one image");
    }
    return images;
  }

  private static ImageDefinition image(String key, Section section) {
    section.require("name", "how the registry and the manifests name the image");
    var name = section.text("name");
    if (name != null && !Names.IMAGE.matcher(name).matches()) {
      section.mistake(
          "name",
          "must be a repository such as otomato/ornithology, in lower case and without registry,"
              + " tag and digest, but is '"
              + name
              + "'");
    }
    var context = section.text("context");
    var dockerfile = section.text("dockerfile");
    section.checkPath("context", context);
    section.checkPath("dockerfile", dockerfile);
    var target = section.text("target");
    if (target != null && !TARGET.matcher(target).matches()) {
      section.mistake("target", "is no name of a stage: '" + target + "'");
    }
    var args = section.variables("args", "a build argument");
    var build = section.truth("build", true);
    if (!build) {
      for (var unused : List.of("context", "dockerfile", "target", "args")) {
        if (section.has(unused)) {
          section.mistake(unused, "has no effect, because with build: false it is built elsewhere");
        }
      }
    }
    var tag = section.text("tag");
    checkTag(section, tag);
    var timeout = section.duration("timeout", Duration.ofMinutes(15));
    section.end();
    return new ImageDefinition(
        key,
        Section.orEmpty(name),
        context == null ? "." : context,
        dockerfile == null ? "Dockerfile" : dockerfile,
        target,
        args,
        build,
        tag == null ? "$SHORT_REVISION" : tag,
        timeout);
  }

  private static void checkTag(Section section, @Nullable String tag) {
    if (tag == null) {
      return;
    }
    var mistake = PlaceholderNames.mistake(tag, PlaceholderNames.OF_RUNS, true);
    if (mistake != null) {
      section.mistake("tag", mistake);
      return;
    }
    var sample = new HashMap<String, String>();
    PlaceholderNames.OF_RUNS.forEach(name -> sample.put(name, "1"));
    if (!Names.TAG.matcher(Placeholders.replace(tag, sample)).matches()) {
      section.mistake(
          "tag", "must have only letters, digits, _, . and -, 128 at most, but is '" + tag + "'");
    }
  }
}
