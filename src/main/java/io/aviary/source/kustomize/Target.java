package io.aviary.source.kustomize;

import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Which objects a patch is for. Names and kinds are patterns that must match as a whole. */
final class Target {

  /**
   * A pattern of the repository's must not keep this server busy: no repeated groups, few repeats.
   */
  private static final Pattern COSTLY = Pattern.compile(".*\\)[*+?{].*|.*\\\\[1-9k].*");

  private static final int MOST_REPEATS = 3;

  private final Predicate<Id> id;
  private final Predicate<Map<String, @Nullable Object>> labels;
  private final Predicate<Map<String, @Nullable Object>> annotations;

  Target(Block block) {
    var group = pattern(block, "group");
    var version = pattern(block, "version");
    var kind = pattern(block, "kind");
    var name = pattern(block, "name");
    var namespace = pattern(block, "namespace");
    this.id =
        one ->
            group.test(one.group())
                && version.test(one.version())
                && kind.test(one.kind())
                && name.test(one.name())
                && namespace.test(one.namespace());
    this.labels = selector(block, "labelSelector");
    this.annotations = selector(block, "annotationSelector");
    block.end();
  }

  boolean matches(Resource resource) {
    return resource.ids().stream().anyMatch(id)
        && labels.test(resource.inMetadata("labels"))
        && annotations.test(resource.inMetadata("annotations"));
  }

  private static Predicate<String> pattern(Block block, String key) {
    var text = block.text(key);
    if (text.isEmpty()) {
      return _ -> true;
    }
    var repeats = text.chars().filter(c -> c == '*' || c == '+' || c == '{').count();
    if (text.length() > 300 || repeats > MOST_REPEATS || COSTLY.matcher(text).matches()) {
      throw block
          .place(key)
          .refusal(
              "is a pattern of more than Aviary allows: no repeated groups, at most "
                  + MOST_REPEATS
                  + " of * and +");
    }
    try {
      return Pattern.compile("^(?:" + text + ")$").asMatchPredicate();
    } catch (PatternSyntaxException e) {
      throw block.place(key).refusal("is no regular expression: " + e.getDescription());
    }
  }

  private static Predicate<Map<String, @Nullable Object>> selector(Block block, String key) {
    Predicate<Map<String, @Nullable Object>> all = _ -> true;
    var text = block.text(key);
    if (!text.isBlank()) {
      for (var part : text.split(",", -1)) {
        all = all.and(requirement(block.place(key), part.strip()));
      }
    }
    return all;
  }

  private static Predicate<Map<String, @Nullable Object>> requirement(Place place, String text) {
    if (!text.matches("!?[\\w./-]+|[\\w./-]+ *(=|==|!=) *[\\w.-]*")) {
      throw place.refusal("must be like 'a=b,c!=d,e,!f'; sets (in, notin) are not understood");
    }
    if (!text.contains("=")) {
      return text.startsWith("!")
          ? map -> !map.containsKey(text.substring(1))
          : map -> map.containsKey(text);
    }
    var parts = text.split(" *(==|!=|=) *", 2);
    return text.contains("!=")
        ? map -> !parts[1].equals(map.get(parts[0]))
        : map -> parts[1].equals(map.get(parts[0]));
  }
}
