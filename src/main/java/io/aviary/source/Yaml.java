package io.aviary.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Text to trees. It reads the parser's events and not its nodes, because files come from whoever
 * may push: depth is limited, and so is what aliases multiply.
 */
final class Yaml {

  private static final int MAX_DEPTH = 100;
  private static final int MAX_NODES = 100_000;
  private static final String TAGS = "tag:yaml.org,2002:";
  private static final Set<String> TEXT_TAGS = Set.of("!", TAGS + "str");
  private static final Set<String> SCALAR_TAGS =
      Set.of(TAGS + "int", TAGS + "float", TAGS + "bool", TAGS + "null");
  private static final Set<String> COLLECTION_TAGS = Set.of("!", TAGS + "map", TAGS + "seq");

  private final String file;
  private final String text;
  private final Scalars scalars;
  private final Findings findings;

  private final Map<String, Anchored> anchors = new HashMap<>();
  private final Set<String> open = new HashSet<>();
  private int nodes;

  private Yaml(String file, String text, Scalars scalars, Findings findings) {
    this.file = file;
    this.text = text;
    this.scalars = scalars;
    this.findings = findings;
  }

  /**
   * Reads all documents of a file. After a syntax error nothing more is read, but what came before
   * it is there.
   */
  static List<Tree> read(String file, String text, Scalars scalars, Findings findings) {
    return new Yaml(file, text, scalars, findings).documents();
  }

  private List<Tree> documents() {
    var documents = new ArrayList<Tree>();
    try {
      var events = new Parse(LoadSettings.builder().setLabel(file).build()).parseString(text);
      for (var iterator = events.iterator(); iterator.hasNext(); ) {
        if (iterator.next() instanceof DocumentStartEvent) {
          anchors.clear();
          documents.add(tree(iterator.next(), iterator, "", 0));
        }
      }
    } catch (MarkedYamlEngineException e) {
      var mark = e.getProblemMark().or(e::getContextMark);
      findings.add(
          file,
          mark.map(Yaml::line).orElse(0),
          "",
          "is not valid YAML: "
              + (e.getContext() == null ? "" : e.getContext() + ", ")
              + e.getProblem()
              + mark.map(place -> " (column " + (place.getColumn() + 1) + ")").orElse(""));
    } catch (ReaderException e) {
      var character = String.format(Locale.ROOT, "U+%04X", e.getCodePoint());
      findings.add(
          file,
          lineOf(e.getPosition()),
          "",
          "is not valid YAML: it has the character " + character);
    } catch (Refused e) {
      findings.add(file, e.line, "", e.sentence);
    } catch (YamlEngineException e) {
      findings.add(file, 0, "", "is not valid YAML: " + e.getMessage());
    }
    return documents;
  }

  private int lineOf(int position) {
    var end = text.offsetByCodePoints(0, Math.min(position, text.codePointCount(0, text.length())));
    return 1 + (int) text.substring(0, end).chars().filter(c -> c == '\n').count();
  }

  private Tree tree(Event event, Iterator<Event> events, String path, int depth) {
    var line = event.getStartMark().map(Yaml::line).orElse(0);
    if (depth > MAX_DEPTH) {
      throw new Refused(line, "is nested deeper than " + MAX_DEPTH + " levels");
    }
    count(1, line);
    if (event instanceof AliasEvent alias) {
      return resolve(alias, line);
    }
    var anchor = event instanceof NodeEvent node ? node.getAnchor().orElse(null) : null;
    var before = nodes;
    if (anchor != null) {
      open.add(anchor.getValue());
    }
    var tree =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar, path, line);
          case SequenceStartEvent start -> {
            checkTag(start.getTag().orElse(null), path, line);
            yield sequence(events, path, depth, line);
          }
          case MappingStartEvent start -> {
            checkTag(start.getTag().orElse(null), path, line);
            yield mapping(events, path, depth, line);
          }
          default -> throw new IllegalStateException("unexpected " + event);
        };
    if (anchor != null) {
      open.remove(anchor.getValue());
      anchors.put(anchor.getValue(), new Anchored(tree, nodes - before + 1));
    }
    return tree;
  }

  private Tree resolve(AliasEvent alias, int line) {
    var name = alias.getAlias().getValue();
    if (open.contains(name)) {
      throw new Refused(line, "the alias *" + name + " stands inside of what it stands for");
    }
    var anchored = anchors.get(name);
    if (anchored == null) {
      throw new Refused(line, "there is no anchor &" + name + " before its alias");
    }
    count(anchored.size(), line);
    return anchored.tree();
  }

  private void count(int more, int line) {
    nodes += more;
    if (nodes > MAX_NODES) {
      throw new Refused(
          line, "has more than " + MAX_NODES + " values, with what aliases stand for");
    }
  }

  private Tree scalar(ScalarEvent event, String path, int line) {
    var written = event.getValue();
    var tag = event.getTag().orElse(null);
    if (tag == null) {
      if (event.isPlain() && Scalars.isNoJson(written)) {
        findings.add(file, line, path, "is no number that JSON has");
      }
      return new Tree.Scalar(written, event.isPlain() ? scalars.resolve(written) : written, line);
    }
    if (SCALAR_TAGS.contains(tag)) {
      return new Tree.Scalar(written, scalars.resolve(written), line);
    }
    if (!TEXT_TAGS.contains(tag)) {
      findings.add(file, line, path, "has the tag " + tag + ", which is not supported");
    }
    return new Tree.Scalar(written, written, line);
  }

  private void checkTag(@Nullable String tag, String path, int line) {
    if (tag != null && !COLLECTION_TAGS.contains(tag)) {
      findings.add(file, line, path, "has the tag " + tag + ", which is not supported");
    }
  }

  private Tree sequence(Iterator<Event> events, String path, int depth, int line) {
    var items = new ArrayList<Tree>();
    for (var next = events.next(); !(next instanceof SequenceEndEvent); next = events.next()) {
      items.add(tree(next, events, path + "[" + items.size() + "]", depth + 1));
    }
    return new Tree.Sequence(items, line);
  }

  private Tree mapping(Iterator<Event> events, String path, int depth, int line) {
    var entries = new LinkedHashMap<String, Tree.Entry>();
    var merged = new ArrayList<Tree>();
    for (var next = events.next(); !(next instanceof MappingEndEvent); next = events.next()) {
      var keyLine = next.getStartMark().map(Yaml::line).orElse(line);
      var isMerge =
          next instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().equals("<<");
      var key = key(tree(next, events, path, depth + 1), path, keyLine);
      var value = tree(events.next(), events, Tree.below(path, key), depth + 1);
      if (isMerge) {
        merged.add(value);
        continue;
      }
      var first = entries.putIfAbsent(key, new Tree.Entry(value, keyLine));
      if (first != null) {
        findings.add(
            file,
            keyLine,
            Tree.below(path, key),
            "is there twice; the first is in line " + first.line());
      }
    }
    merged.forEach(value -> merge(value, entries, path));
    return new Tree.Mapping(entries, line);
  }

  /** The key of a mapping that is true, a number … is what kubectl makes of it. */
  private String key(Tree key, String path, int line) {
    if (key instanceof Tree.Scalar scalar && scalar.value() != null) {
      return scalars == Scalars.CORE ? scalar.text() : scalar.value().toString();
    }
    throw new Refused(
        line,
        (path.isEmpty() ? "a key" : "a key of " + path) + " is " + key.kind() + ", not a text");
  }

  private void merge(Tree value, Map<String, Tree.Entry> into, String path) {
    switch (value) {
      case Tree.Mapping mapping -> mapping.entries().forEach(into::putIfAbsent);
      case Tree.Sequence sequence
          when sequence.items().stream().allMatch(Tree.Mapping.class::isInstance) ->
          sequence.items().forEach(item -> merge(item, into, path));
      default ->
          findings.add(
              file, value.line(), Tree.below(path, "<<"), "merges " + value.kind() + ", not keys");
    }
  }

  private static int line(Mark mark) {
    return mark.getLine() + 1;
  }

  /**
   * Something under an anchor.
   *
   * @param size number of values, with those that aliases in it stand for
   */
  private record Anchored(Tree tree, int size) {}

  /** Ends the reading of a file. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int line;
    private final String sentence;

    Refused(int line, String sentence) {
      super(sentence, null, false, false);
      this.line = line;
      this.sentence = sentence;
    }
  }
}
