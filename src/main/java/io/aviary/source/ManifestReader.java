package io.aviary.source;

import java.util.ArrayList;
import java.util.List;

/** Reads the documents of manifest files as kubectl does. */
final class ManifestReader {

  private final Checkout checkout;
  private final Lines lines;
  private final Findings findings;

  /**
   * @param lines of the definition that names the files
   */
  ManifestReader(Checkout checkout, Lines lines, Findings findings) {
    this.checkout = checkout;
    this.lines = lines;
    this.findings = findings;
  }

  /**
   * @param key of the definition, where the files are named
   */
  List<Document> read(List<String> files, String key) {
    var documents = new ArrayList<Document>();
    for (var i = 0; i < files.size(); i++) {
      var file = files.get(i);
      // A path that is none has been reported where the definition was read.
      if (GitCheckout.isPath(file)) {
        documents.addAll(read(file, key + "[" + i + "]"));
      }
    }
    return documents;
  }

  private List<Document> read(String file, String key) {
    try {
      var text = checkout.read(file);
      if (text.isPresent()) {
        return documents(file, key, text.get());
      }
      lines.add(findings, key, missing(file));
    } catch (SourceException e) {
      lines.add(findings, key, ReleaseReader.rejected(e));
    }
    return List.of();
  }

  private String missing(String file) {
    var slash = file.lastIndexOf('/') + 1;
    var neighbours = checkout.list(slash == 0 ? "." : file.substring(0, slash));
    var meant = Names.nearest(file.substring(slash), neighbours);
    return ReleaseReader.missing("file", file, checkout.revision())
        + (meant == null ? "" : "; did you mean '" + file.substring(0, slash) + meant + "'?");
  }

  private List<Document> documents(String file, String key, String text) {
    var mistakes = new Findings();
    var documents = new ArrayList<Document>();
    for (var tree : Yaml.read(file, text, Scalars.KUBECTL, mistakes)) {
      switch (tree) {
        case Tree.Mapping mapping -> documents.add(new Document(file, mapping));
        case Tree.Scalar scalar when scalar.value() == null -> {
          // Nothing between two lines of ---.
        }
        default ->
            mistakes.add(
                file,
                tree.line(),
                "",
                "must be a mapping with kind and apiVersion, but is " + tree.kind());
      }
    }
    if (documents.isEmpty() && mistakes.isEmpty()) {
      lines.add(findings, key, "names '" + file + "', which has no manifest in it");
    }
    findings.addAll(mistakes);
    return documents;
  }
}
