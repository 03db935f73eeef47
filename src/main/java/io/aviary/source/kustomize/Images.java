package io.aviary.source.kustomize;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An entry of {@code images}: another name, tag or digest for the images of one name. */
final class Images {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9./:_-]+");

  private static final int LONGEST = 512;

  private final Pattern reference;
  private final String name;
  private final String newName;
  private final String newTag;
  private final String digest;

  Images(Block image) {
    this.name = image.text("name");
    this.newName = image.text("newName");
    this.newTag = image.text("newTag");
    this.digest = image.text("digest");
    image.refuse("tagSuffix", "is not understood; write the whole tag as newTag");
    image.end();
    if (newName.length() + newTag.length() + digest.length() > LONGEST) {
      throw image.place("").refusal("makes a reference that is longer than one may be");
    }
    if (!NAME.matcher(name).matches()) {
      throw image.place("name").refusal("must be the name of an image, without its tag");
    }
    this.reference =
        Pattern.compile(Pattern.quote(name) + "(?<tag>:[\\w.{}-]*)?(?<digest>@sha256:[\\w.{}-]*)?");
  }

  void rename(@Nullable Object value) {
    if (value instanceof Map<?, ?>) {
      Json.map(value)
          .forEach(
              (key, below) -> {
                if ((key.equals("containers") || key.equals("initContainers"))
                    && below instanceof List<?> containers) {
                  containers.forEach(this::renameIn);
                }
                rename(below);
              });
    } else if (value instanceof List<?> list) {
      list.forEach(this::rename);
    }
  }

  private void renameIn(@Nullable Object container) {
    if (container instanceof Map<?, ?> map && map.get("image") instanceof String image) {
      Json.map(container).put("image", renamed(image));
    }
  }

  private String renamed(String image) {
    var matcher = reference.matcher(image);
    if (!matcher.matches()) {
      return image;
    }
    var isPinned = !newTag.isEmpty() || !digest.isEmpty();
    var tag = isPinned ? (newTag.isEmpty() ? "" : ":" + newTag) : part(matcher.group("tag"));
    var hash = isPinned ? (digest.isEmpty() ? "" : "@" + digest) : part(matcher.group("digest"));
    return (newName.isEmpty() ? name : newName) + tag + hash;
  }

  private static String part(@Nullable String group) {
    return group == null ? "" : group;
  }
}
