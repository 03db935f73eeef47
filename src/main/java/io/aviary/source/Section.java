package io.aviary.source;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a definition, read key by key. Each method takes a key that is known here, reports
 * what is wrong with its value, and goes on with what it would be without it, so that all mistakes
 * are found in one go. Null and the default both mean: not there, or reported.
 */
final class Section {

  private static final Tree.Mapping EMPTY = new Tree.Mapping(Map.of(), 0);

  private final Findings findings;
  private final Lines lines;
  private final String path;
  private final Tree.Mapping mapping;
  private final Set<String> known = new LinkedHashSet<>();

  private Section(Findings findings, Lines lines, String path, Tree.Mapping mapping) {
    this.findings = findings;
    this.lines = lines;
    this.path = path;
    this.mapping = mapping;
  }

  static Section root(Findings findings, Lines lines, Tree.Mapping mapping) {
    return new Section(findings, lines, "", mapping);
  }

  String path(String key) {
    return Tree.below(path, key);
  }

  void mistake(String key, String sentence) {
    lines.add(findings, path(key), sentence);
  }

  /** About the mapping itself. */
  void mistake(String sentence) {
    lines.add(findings, path, sentence);
  }

  boolean has(String key) {
    return mapping.entries().containsKey(key);
  }

  private @Nullable Tree take(String key) {
    known.add(key);
    var entry = mapping.entries().get(key);
    return entry == null ? null : entry.value();
  }

  void require(String key, String what) {
    known.add(key);
    if (!has(key)) {
      mistake(key, "is missing; it is " + what);
    }
  }

  /** To be called when all known keys have been read. */
  void end() {
    for (var key : mapping.entries().keySet()) {
      if (!known.contains(key)) {
        var meant = Names.nearest(key, known);
        mistake(
            key,
            meant != null
                ? "is not known; did you mean '" + meant + "'?"
                : "is not known; keys here are " + String.join(", ", known));
      }
    }
  }

  // ---- values

  @Nullable String text(String key) {
    var tree = take(key);
    return tree == null ? null : text(path(key), tree);
  }

  private @Nullable String text(String place, Tree tree) {
    if (tree instanceof Tree.Scalar scalar && scalar.value() != null) {
      if (!scalar.text().isBlank()) {
        return scalar.text();
      }
      lines.add(findings, place, "is empty");
    } else {
      wrong(place, tree, "a text");
    }
    return null;
  }

  /** As {@link #text(String)}, for another look: reports nothing. */
  @Nullable String textOf(String key) {
    return mapping.at(key) instanceof Tree.Scalar scalar && scalar.value() != null
        ? scalar.text()
        : null;
  }

  boolean truth(String key, boolean otherwise) {
    var tree = take(key);
    if (tree == null) {
      return otherwise;
    }
    if (tree instanceof Tree.Scalar scalar && scalar.value() instanceof Boolean value) {
      return value;
    }
    wrong(path(key), tree, "true or false");
    return otherwise;
  }

  /** A number that may have a fraction. */
  @Nullable Double number(String key) {
    var tree = take(key);
    if (tree == null) {
      return null;
    }
    if (tree instanceof Tree.Scalar scalar && scalar.value() instanceof Number value) {
      return value.doubleValue();
    }
    wrong(path(key), tree, "a number");
    return null;
  }

  /** A whole number from 1 up. */
  int count(String key, int otherwise) {
    var tree = take(key);
    if (tree == null) {
      return otherwise;
    }
    if (tree instanceof Tree.Scalar scalar
        && scalar.value() instanceof Integer value
        && value > 0) {
      return value;
    }
    wrong(path(key), tree, "a whole number, 1 or more");
    return otherwise;
  }

  @Nullable Duration duration(String key) {
    var tree = take(key);
    if (tree == null) {
      return null;
    }
    if (tree instanceof Tree.Scalar scalar && scalar.value() instanceof String text) {
      var duration = Durations.parse(text);
      if (duration != null && duration.isPositive()) {
        if (duration.compareTo(Durations.LONGEST) <= 0) {
          return duration;
        }
        mistake(key, "must be at most " + Durations.LONGEST.toDays() + "d, but is '" + text + "'");
        return null;
      }
    }
    wrong(path(key), tree, "a duration such as 30s, 10m or 1h30m");
    return null;
  }

  Duration duration(String key, Duration otherwise) {
    var duration = duration(key);
    return duration == null ? otherwise : duration;
  }

  @Nullable Amount amount(String key) {
    var tree = take(key);
    if (tree == null) {
      return null;
    }
    var amount = tree instanceof Tree.Scalar scalar ? Amount.parse(scalar.text()) : null;
    if (amount == null) {
      wrong(path(key), tree, Amount.EXAMPLES);
    }
    return amount;
  }

  /** One of an enum's words, written in lower case with hyphens. */
  <E extends Enum<E>> @Nullable E choice(String key, Class<E> type) {
    var tree = take(key);
    if (tree == null) {
      return null;
    }
    var words = new ArrayList<String>();
    for (var constant : type.getEnumConstants()) {
      var word = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (tree instanceof Tree.Scalar scalar && scalar.text().equals(word)) {
        return constant;
      }
      words.add(word);
    }
    var last = words.removeLast();
    wrong(path(key), tree, String.join(", ", words) + " or " + last);
    return null;
  }

  <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
    var choice = choice(key, type);
    return choice == null ? otherwise : choice;
  }

  List<String> texts(String key) {
    var texts = new ArrayList<String>();
    var items = list(key, "a list of texts");
    for (var i = 0; i < items.size(); i++) {
      var text = text(path(key) + "[" + i + "]", items.get(i));
      if (text != null) {
        texts.add(text);
      }
    }
    return texts;
  }

  /** Names to texts; an empty text is one. */
  Map<String, String> named(String key) {
    var texts = new LinkedHashMap<String, String>();
    var section = section(key);
    if (section != null) {
      for (var entry : section.mapping.entries().entrySet()) {
        if (entry.getValue().value() instanceof Tree.Scalar scalar && scalar.value() != null) {
          texts.put(entry.getKey(), scalar.text());
        } else {
          wrong(section.path(entry.getKey()), entry.getValue().value(), "a text");
        }
      }
    }
    return texts;
  }

  /** As {@link #named}, for what a program sees as its variables. */
  Map<String, String> variables(String key, String what) {
    var variables = named(key);
    variables.forEach(
        (name, value) -> {
          if (!Names.VARIABLE.matcher(name).matches()) {
            mistake(key + "." + name, "is no name of " + what + "; letters, digits and _ make one");
          }
          checkPlaceholders(key + "." + name, value);
        });
    return variables;
  }

  void checkPlaceholders(String key, String text) {
    var mistake = PlaceholderNames.mistake(text, PlaceholderNames.OF_RUNS, false);
    if (mistake != null) {
      mistake(key, mistake);
    }
  }

  void checkPath(String key, @Nullable String file) {
    if (file != null && !GitCheckout.isPath(file)) {
      mistake(
          key, "must be a path in the repository, relative and without .., but is '" + file + "'");
    }
  }

  // ---- mappings

  /** The keys of the mapping under a key. */
  Set<String> keys(String key) {
    return mapping.at(key) instanceof Tree.Mapping found ? found.entries().keySet() : Set.of();
  }

  boolean isEmptyList(String key) {
    return mapping.at(key) instanceof Tree.Sequence sequence && sequence.items().isEmpty();
  }

  @Nullable Section section(String key) {
    var tree = take(key);
    return tree == null ? null : section(path(key), tree);
  }

  /** As {@link #section(String)}, but an empty one where there is none. */
  Section sectionOrEmpty(String key) {
    var section = section(key);
    return section == null ? new Section(findings, lines, path(key), EMPTY) : section;
  }

  private @Nullable Section section(String place, Tree tree) {
    if (tree instanceof Tree.Mapping found) {
      return new Section(findings, lines, place, found);
    }
    if (isEmptyConfiguration(tree)) {
      return new Section(findings, lines, place, EMPTY);
    }
    wrong(place, tree, "a mapping");
    return null;
  }

  /** The mapping's keys, each with a mapping of its own. */
  Map<String, Section> sections(String key) {
    var sections = new LinkedHashMap<String, Section>();
    var section = section(key);
    if (section != null) {
      for (var entry : section.mapping.entries().entrySet()) {
        var below = section(section.path(entry.getKey()), entry.getValue().value());
        if (below != null) {
          sections.put(entry.getKey(), below);
        }
      }
    }
    return sections;
  }

  /** A list of mappings. */
  List<Section> listed(String key) {
    var sections = new ArrayList<Section>();
    var items = list(key, "a list of mappings");
    for (var i = 0; i < items.size(); i++) {
      var section = section(path(key) + "[" + i + "]", items.get(i));
      if (section != null) {
        sections.add(section);
      }
    }
    return sections;
  }

  boolean isMapping(String key) {
    return mapping.at(key) instanceof Tree.Mapping;
  }

  private List<Tree> list(String key, String what) {
    var tree = take(key);
    if (tree instanceof Tree.Sequence sequence) {
      return sequence.items();
    }
    if (tree != null && !isEmptyConfiguration(tree)) {
      wrong(path(key), tree, what);
    }
    return List.of();
  }

  /** Spring makes empty texts of empty mappings and lists. */
  private static boolean isEmptyConfiguration(Tree tree) {
    return tree instanceof Tree.Scalar scalar && scalar.line() == 0 && scalar.text().isEmpty();
  }

  private void wrong(String place, Tree tree, String what) {
    lines.add(findings, place, "must be " + what + ", but is " + shown(tree));
  }

  static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  static String plain(double number) {
    return number % 1 == 0 ? String.valueOf((long) number) : String.valueOf(number);
  }

  private static String shown(Tree tree) {
    if (!(tree instanceof Tree.Scalar scalar) || scalar.value() == null) {
      return tree.kind();
    }
    var text = scalar.text().length() > 60 ? scalar.text().substring(0, 60) + "…" : scalar.text();
    return scalar.value() instanceof String ? "the text '" + text + "'" : text;
  }
}
