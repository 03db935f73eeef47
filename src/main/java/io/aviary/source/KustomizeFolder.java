package io.aviary.source;

import io.aviary.source.kustomize.Files;
import io.aviary.source.kustomize.Kustomize;
import io.aviary.source.kustomize.Refusal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The objects that a Kustomize folder of the commit makes; they are checked as those of files. */
final class KustomizeFolder {

  private static final String KEY = "production.manifests.kustomize";

  private final Checkout checkout;
  private final String folder;
  private final Lines lines;
  private final Findings findings;
  private final List<String> notes;

  /**
   * @param lines of the definition that names the folder
   * @param notes for the record: what has no effect
   */
  KustomizeFolder(
      Checkout checkout, String folder, Lines lines, Findings findings, List<String> notes) {
    this.checkout = checkout;
    this.folder = folder;
    this.lines = lines;
    this.findings = findings;
    this.notes = notes;
  }

  List<Document> documents(String namespace) {
    // A path that is none has been reported where the definition was read.
    if (!GitCheckout.isPath(folder)) {
      return List.of();
    }
    if (!checkout.exists(folder)) {
      lines.add(findings, KEY, ReleaseReader.missing("folder", folder, checkout.revision()));
      return List.of();
    }
    var named = lines.at(KEY, "");
    var result =
        Kustomize.render(
            new Commit(checkout), folder, namespace, named.file(), named.line(), named.key());
    notes.addAll(result.notes());
    for (var refusal : result.refusals()) {
      findings.add(refusal.file(), refusal.line(), refusal.key(), refusal.sentence());
    }
    if (!result.refusals().isEmpty()) {
      return List.of();
    }
    if (result.objects().isEmpty()) {
      lines.add(findings, KEY, "renders no object");
    }
    return result.objects().stream().map(KustomizeFolder::document).toList();
  }

  private static Document document(Kustomize.Rendered object) {
    return Document.rendered(object.file(), (Tree.Mapping) tree(object.content()));
  }

  private static Tree tree(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        var entries = new LinkedHashMap<String, Tree.Entry>();
        map.forEach((key, item) -> entries.put(String.valueOf(key), new Tree.Entry(tree(item), 0)));
        yield new Tree.Mapping(entries, 0);
      }
      case List<?> list -> new Tree.Sequence(list.stream().map(KustomizeFolder::tree).toList(), 0);
      case null -> new Tree.Scalar("", null, 0);
      default -> new Tree.Scalar(value.toString(), value, 0);
    };
  }

  /** A commit as Kustomize reads it. */
  private record Commit(Checkout checkout) implements Files {

    @Override
    public Optional<String> text(String path) {
      return readable(path, checkout::read);
    }

    @Override
    public Optional<byte[]> bytes(String path) {
      return readable(path, checkout::bytes);
    }

    private static <T> T readable(String path, Function<String, T> read) {
      try {
        return read.apply(path);
      } catch (SourceException e) {
        throw new Unreadable(ReleaseReader.rejected(e));
      }
    }

    @Override
    public boolean exists(String path) {
      return readable(path, checkout::exists);
    }

    @Override
    public List<String> list(String folder) {
      return readable(folder, checkout::list);
    }

    @Override
    public void prefetch(Collection<String> paths) {
      checkout.prefetch(paths);
    }

    @Override
    public List<Parsed> documents(String file, String text, Reading reading) {
      var scalars = reading == Reading.OBJECTS ? Scalars.KUSTOMIZE : Scalars.KUBECTL;
      var mistakes = new Findings();
      var documents = new ArrayList<Parsed>();
      for (var tree : Yaml.read(file, text, scalars, mistakes)) {
        documents.add(new Parsed(value(tree), new Lines(file, tree)::line));
      }
      if (!mistakes.isEmpty()) {
        var first = mistakes.sorted().getFirst();
        throw new Refusal(file, first.line(), first.key(), first.sentence());
      }
      return documents;
    }

    /** With keys that have no value: in a patch they say what is removed. */
    private static @Nullable Object value(Tree tree) {
      return switch (tree) {
        case Tree.Scalar scalar -> scalar.value();
        case Tree.Sequence sequence -> {
          var list = new ArrayList<@Nullable Object>();
          sequence.items().forEach(item -> list.add(value(item)));
          yield list;
        }
        case Tree.Mapping mapping -> {
          var map = new LinkedHashMap<String, @Nullable Object>();
          mapping.entries().forEach((key, entry) -> map.put(key, value(entry.value())));
          yield map;
        }
      };
    }
  }
}
