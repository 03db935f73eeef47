package io.aviary.source;

import io.aviary.release.definition.ProductionDefinition;
import io.aviary.source.helm.ChartRenderer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The objects that a chart of the commit makes. Nothing is installed and no Helm release is kept:
 * what comes out is checked and applied as files are. Hooks would be run by Helm at installations
 * and upgrades that do not happen here, so tests are left out and any other hook is a mistake.
 */
final class HelmChart {

  private static final String KEY = "production.manifests.helm";
  private static final String HOOK = "helm.sh/hook";

  /** Helm keeps hooks apart; under another name they are objects like others, and can be seen. */
  private static final String SEEN_HOOK = "seen.invalid/hook";

  private static final int MOST_FILES = 1000;
  private static final int MOST_BYTES = 16 << 20;

  /** Where in a chart Helm found something, as its messages have it. */
  private static final Pattern PLACE =
      Pattern.compile(
          "([\\w.-]+/(?:charts/[\\w.-]+/)*(?:templates/[^\\s:\"()]+)):(\\d+)(:\\d+)?\\)?:?");

  private static final Pattern TEMPLATE =
      Pattern.compile("([\\w.-]+/(?:charts/[\\w.-]+/)*templates/[^\\s:\"()]+)");

  private final Checkout checkout;
  private final ProductionDefinition.Helm helm;
  private final Lines lines;
  private final Findings findings;
  private final List<String> notes;

  /**
   * @param lines of the definition that names the chart
   * @param notes for the record: what of the chart is left out
   */
  HelmChart(
      Checkout checkout,
      ProductionDefinition.Helm helm,
      Lines lines,
      Findings findings,
      List<String> notes) {
    this.checkout = checkout;
    this.helm = helm;
    this.lines = lines;
    this.findings = findings;
    this.notes = notes;
  }

  List<Document> documents(ChartRenderer renderer, String application, String namespace) {
    var found = new Findings();
    var files = GitCheckout.isPath(helm.chart()) ? chart(found) : Map.<String, byte[]>of();
    var values = values(found);
    findings.addAll(found);
    if (!found.isEmpty() || files.isEmpty()) {
      return List.of();
    }
    return switch (renderer.render(releaseName(application), namespace, files, values)) {
      case ChartRenderer.Refused(var why) -> {
        refused(why);
        yield List.of();
      }
      case ChartRenderer.Rendered(var text) -> objects(text);
    };
  }

  /** Helm allows fewer characters than an application's name may have. */
  private static String releaseName(String application) {
    var plain = application.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    var shortened = plain.substring(0, Math.min(plain.length(), 53)).replaceAll("^-+|-+$", "");
    return shortened.isEmpty() ? "release" : shortened;
  }

  // ---- what goes in

  private Map<String, byte[]> chart(Findings found) {
    var paths = new ArrayList<String>();
    collect(helm.chart(), paths);
    if (!checkout.exists(helm.chart())) {
      lines.add(
          found,
          KEY + ".chart",
          ReleaseReader.missing("folder", helm.chart(), checkout.revision()));
    } else if (!paths.contains(below("Chart.yaml"))) {
      lines.add(
          found, KEY + ".chart", "names '" + helm.chart() + "', which has no Chart.yaml in it");
    } else if (paths.size() > MOST_FILES) {
      lines.add(found, KEY + ".chart", "has more than " + MOST_FILES + " files");
    }
    if (!found.isEmpty()) {
      return Map.of();
    }
    checkout.prefetch(Lists.concat(paths, helm.values()));
    var files = new TreeMap<String, byte[]>();
    var bytes = 0L;
    for (var path : paths) {
      try {
        var content = checkout.bytes(path).orElse(new byte[0]);
        bytes += content.length;
        files.put(path.substring(below("").length()), content);
      } catch (SourceException e) {
        lines.add(found, KEY + ".chart", ReleaseReader.rejected(e));
      }
    }
    if (bytes > MOST_BYTES) {
      lines.add(found, KEY + ".chart", "has more than " + (MOST_BYTES >> 20) + " MiB of files");
    }
    for (var name : List.of("Chart.yaml", "values.yaml")) {
      var content = files.get(name);
      if (content != null) {
        var text = new String(content, StandardCharsets.UTF_8);
        var _ = Yaml.read(below(name), text, Scalars.KUBECTL, found);
      }
    }
    files.replaceAll(HelmChart::withHooksSeen);
    noteWhatIsLeftOut(files);
    return files;
  }

  private void collect(String folder, List<String> paths) {
    for (var name : checkout.list(folder)) {
      if (paths.size() > MOST_FILES) {
        return;
      }
      var path = below(folder, name);
      if (name.endsWith("/")) {
        collect(path.substring(0, path.length() - 1), paths);
      } else {
        paths.add(path);
      }
    }
  }

  private static byte[] withHooksSeen(String path, byte[] content) {
    if (!path.contains("templates/")) {
      return content;
    }
    return new String(content, StandardCharsets.UTF_8)
        .replace(HOOK, SEEN_HOOK)
        .getBytes(StandardCharsets.UTF_8);
  }

  private void noteWhatIsLeftOut(Map<String, byte[]> files) {
    for (var path : files.keySet()) {
      if (path.matches("(charts/[^/]+/)*crds/.+")) {
        notes.add(below(path) + " is left out: custom resource definitions are the cluster's");
      } else if (path.matches("(charts/[^/]+/)*charts/[^/]+\\.tgz")) {
        notes.add("hooks of " + below(path) + " are left out, if it has any");
      }
    }
  }

  private List<String> values(Findings found) {
    var values = new ArrayList<String>();
    for (var i = 0; i < helm.values().size(); i++) {
      var file = helm.values().get(i);
      var key = KEY + ".values[" + i + "]";
      if (!GitCheckout.isPath(file)) {
        continue;
      }
      try {
        var text = checkout.read(file).orElse(null);
        if (text == null) {
          lines.add(found, key, ReleaseReader.missing("file", file, checkout.revision()));
          continue;
        }
        for (var tree : Yaml.read(file, text, Scalars.KUBECTL, found)) {
          if (!(tree instanceof Tree.Mapping)
              && !(tree instanceof Tree.Scalar scalar && scalar.value() == null)) {
            found.add(file, tree.line(), "", "must be a mapping of values, but is " + tree.kind());
          }
        }
        values.add(text);
      } catch (SourceException e) {
        lines.add(found, key, ReleaseReader.rejected(e));
      }
    }
    return values;
  }

  private String below(String path) {
    return below(helm.chart(), path);
  }

  private static String below(String folder, String path) {
    return folder.equals(".") ? path : folder + "/" + path;
  }

  /** Helm puts the chart's name in front. */
  private String file(String template) {
    return below(template.substring(template.indexOf('/') + 1));
  }

  // ---- what comes out

  private void refused(String why) {
    var words =
        why.replace("Use --debug flag to render out invalid YAML", "")
            .replaceAll("\\s+", " ")
            .replace(SEEN_HOOK, HOOK)
            .replaceFirst(
                "error calling lookup: .*",
                "lookup asks a cluster, and none is asked while a commit is read")
            .strip();
    var place = PLACE.matcher(words);
    String template = null;
    var line = 0;
    var rest = words;
    // The last is the innermost, where it happened.
    while (place.find()) {
      template = place.group(1);
      line = Integer.parseInt(place.group(2));
      rest = words.substring(place.end()).strip();
    }
    if (template == null) {
      var named = TEMPLATE.matcher(words);
      if (named.find()) {
        template = named.group(1);
      }
    }
    if (template != null) {
      findings.add(file(template), line, "", "cannot be rendered: " + rest);
    } else if (words.contains("missing in charts/ directory")) {
      findings.add(
          below("Chart.yaml"),
          0,
          "dependencies",
          "are not all in the commit, and nothing is downloaded; commit charts/ as `helm dependency"
              + " build` fills it: "
              + words.replaceFirst(".*missing in charts/ directory: ?", ""));
    } else {
      lines.add(findings, KEY + ".chart", "cannot be rendered: " + words);
    }
  }

  private List<Document> objects(String text) {
    var templates = templates(text);
    var mistakes = new Findings();
    var trees = Yaml.read(helm.chart(), text, Scalars.KUBECTL, mistakes);
    // Lines of what was rendered say nothing to the author; the template and the key do.
    for (var mistake : mistakes.sorted()) {
      findings.add(template(templates, mistake.line()), 0, mistake.key(), mistake.sentence());
    }
    var documents = new ArrayList<Document>();
    for (var tree : trees) {
      var file = template(templates, tree.line());
      if (tree instanceof Tree.Mapping mapping) {
        add(documents, file, mapping);
      } else if (!(tree instanceof Tree.Scalar scalar && scalar.value() == null)) {
        findings.add(file, 0, "", "renders " + tree.kind() + " and not an object");
      }
    }
    if (documents.isEmpty() && mistakes.isEmpty()) {
      lines.add(findings, KEY + ".chart", "renders no object with these values");
    }
    return documents;
  }

  private void add(List<Document> documents, String file, Tree.Mapping mapping) {
    var document = Document.rendered(file, mapping);
    var hook = mapping.text("metadata", "annotations", SEEN_HOOK);
    if (hook == null) {
      documents.add(document);
    } else if (hook.matches("test(-success|-failure)?")) {
      notes.add(document.label() + " of " + file + " is left out: it is a test of the chart's");
    } else {
      document.mistake(
          findings,
          "metadata.annotations." + HOOK,
          "is "
              + hook
              + ", but no Helm release is installed or upgraded that could run hooks; switch it off"
              + " by values, or make it an object like the others");
    }
  }

  /** By the line of the rendered text from which on it is the template's. */
  private NavigableMap<Integer, String> templates(String text) {
    var templates = new TreeMap<Integer, String>();
    var all = text.lines().toList();
    for (var i = 0; i < all.size(); i++) {
      if (all.get(i).startsWith("# Source: ") && (i == 0 || all.get(i - 1).equals("---"))) {
        templates.put(i, file(all.get(i).substring("# Source: ".length())));
      }
    }
    return templates;
  }

  private String template(NavigableMap<Integer, String> templates, int line) {
    var entry = templates.floorEntry(line);
    return entry == null ? helm.chart() : entry.getValue();
  }
}
