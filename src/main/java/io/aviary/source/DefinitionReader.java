package io.aviary.source;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.definition.CanaryDefinition;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.definition.PodsDefinition;
import io.aviary.release.definition.ProductionDefinition;
import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.release.definition.TrafficDefinition;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code aviary.yml}, or the same from the server's configuration. All mistakes are found in
 * one go; what the file says of other files is not looked at.
 */
public final class DefinitionReader {

  private static final int MAX_CHARACTERS = 256 << 10;

  private static final Pattern QUANTITY =
      Pattern.compile("[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?");

  private final Section root;

  private DefinitionReader(Section root) {
    this.root = root;
  }

  /** What came of reading a definition. */
  public sealed interface Result {}

  /** Nothing is wrong with it. */
  public record Read(ReleaseDefinition definition) implements Result {}

  /**
   * Gates alone.
   *
   * @param mistakes none: the gates are as they were meant
   */
  public record Gates(List<GateDefinition> gates, List<Mistake> mistakes) {
    public Gates {
      gates = List.copyOf(gates);
      mistakes = List.copyOf(mistakes);
    }
  }

  /** All that is wrong, in the order of the file; at least one. */
  public record Mistakes(List<Mistake> mistakes) implements Result {
    public Mistakes {
      mistakes = List.copyOf(mistakes);
    }
  }

  /** Reads the text of a file; its name is only for the mistakes. */
  public static Result read(String fileName, String text) {
    return result(draft(fileName, text));
  }

  /** Reads what the configuration of an application says instead of a file. */
  public static Result read(ApplicationProperties application) {
    return result(draft(application));
  }

  /**
   * Reads gates alone, to be judged by instead of those of a definition.
   *
   * @param gates as {@code canary.gates} has them, in the form of parsed JSON
   * @param definition whose images their tests may use
   */
  public static Gates gates(List<?> gates, ReleaseDefinition definition) {
    var findings = new Findings();
    var tree = new Tree.Mapping(Map.of("gates", new Tree.Entry(Configuration.tree(gates), 0)), 0);
    var section = Section.root(findings, new Lines("request", tree), tree);
    var keys = new LinkedHashSet<String>();
    definition.images().forEach(image -> keys.add(image.key()));
    var read = new GateReader(definition.images(), keys).gates(section);
    return new Gates(read, findings.sorted());
  }

  private static Result result(Draft draft) {
    return draft.definition() != null && draft.findings().isEmpty()
        ? new Read(draft.definition())
        : new Mistakes(draft.findings().sorted());
  }

  /**
   * A definition with its mistakes; where something is wrong, it goes on as if that was not there.
   *
   * @param definition null: nothing could be read
   */
  record Draft(@Nullable ReleaseDefinition definition, Lines lines, Findings findings) {}

  static Draft draft(String fileName, String text) {
    var findings = new Findings();
    if (text.length() > MAX_CHARACTERS) {
      findings.add(fileName, 0, "", "is larger than " + (MAX_CHARACTERS >> 10) + " KiB");
      return nothing(fileName, findings);
    }
    return draft(fileName, Yaml.read(fileName, text, Scalars.CORE, findings), findings);
  }

  static Draft draft(ApplicationProperties application) {
    var place = "aviary.applications[" + application.name() + "].release";
    return draft(place, List.of(Configuration.tree(application.release())), new Findings());
  }

  private static Draft draft(String file, List<Tree> documents, Findings findings) {
    var document = documents.isEmpty() ? null : documents.getFirst();
    if (document instanceof Tree.Mapping mapping) {
      if (documents.size() > 1) {
        findings.add(file, documents.get(1).line(), "", "has a second document; one is enough");
      }
      var lines = new Lines(file, mapping);
      var reader = new DefinitionReader(Section.root(findings, lines, mapping));
      return new Draft(reader.release(), lines, findings);
    }
    if (findings.isEmpty()) {
      findings.add(
          file,
          document == null ? 0 : document.line(),
          "",
          "must be a mapping with images, canary and production, but is "
              + (document == null ? "empty" : document.kind()));
    }
    return nothing(file, findings);
  }

  /** There is no definition to read. */
  static Draft missing(String file, String sentence) {
    var findings = new Findings();
    findings.add(file, 0, "", sentence);
    return nothing(file, findings);
  }

  private static Draft nothing(String file, Findings findings) {
    return new Draft(null, new Lines(file, new Tree.Mapping(Map.of(), 0)), findings);
  }

  private ReleaseDefinition release() {
    var images = ImageReader.images(root);
    var traffic = traffic(root.sectionOrEmpty("traffic"));
    var canary = canary(root.sectionOrEmpty("canary"), images);
    root.require("production", "where production's manifests are");
    var production = production(root.sectionOrEmpty("production"));
    var pods = pods(root.sectionOrEmpty("pods"));
    root.end();
    return new ReleaseDefinition(images, canary, production, traffic, pods);
  }

  // ---- canary and production

  private CanaryDefinition canary(Section section, List<ImageDefinition> images) {
    var manifests = files(section, "manifests");
    var deployment = objectName(section, "deployment", "a Deployment of production's");
    var replicas = section.count("replicas", 1);
    if (section.has("replicas") && !manifests.isEmpty()) {
      section.mistake(
          "replicas", "is for a canary without manifests; here they say how many it has");
    }
    var timeout = section.duration("timeout", Duration.ofMinutes(10));
    var gates = new GateReader(images, root.keys("images")).gates(section);
    section.end();
    return new CanaryDefinition(manifests, deployment, replicas, timeout, gates);
  }

  static List<String> files(Section section, String key) {
    var files = section.texts(key);
    var seen = new HashSet<String>();
    for (var i = 0; i < files.size(); i++) {
      var file = files.get(i);
      section.checkPath(key + "[" + i + "]", file);
      if (!seen.add(file)) {
        section.mistake(key + "[" + i + "]", "names '" + file + "' again");
      }
    }
    return files;
  }

  private static @Nullable String objectName(Section section, String key, String what) {
    var name = section.text(key);
    if (name != null && !Names.OBJECT.matcher(name).matches()) {
      section.mistake(key, "must be the name of " + what + ", but is '" + name + "'");
    }
    return name;
  }

  private ProductionDefinition production(Section section) {
    if (root.isMapping("production")) {
      section.require("manifests", "the list of production's files");
    }
    var manifests =
        section.isMapping("manifests")
            ? rendered(section.sectionOrEmpty("manifests"))
            : new ProductionDefinition.Files(files(section, "manifests"));
    if (section.isEmptyList("manifests")) {
      section.mistake("manifests", "must name at least one file");
    }
    var service = objectName(section, "service", "a Service");
    var timeout = section.duration("timeout", Duration.ofMinutes(15));
    section.end();
    return new ProductionDefinition(manifests, service, timeout);
  }

  private static ProductionDefinition.ManifestSource rendered(Section section) {
    var folder = section.text("kustomize");
    section.checkPath("kustomize", folder);
    var helm = section.section("helm");
    ProductionDefinition.ManifestSource manifests = new ProductionDefinition.Files(List.of());
    if (helm != null) {
      helm.require("chart", "the chart's folder");
      var chart = helm.text("chart");
      helm.checkPath("chart", chart);
      manifests = new ProductionDefinition.Helm(Section.orEmpty(chart), files(helm, "values"));
      helm.end();
    }
    if (folder != null) {
      if (helm != null) {
        section.mistake("stands for one thing: helm or kustomize");
      }
      manifests = new ProductionDefinition.Kustomize(folder);
    } else if (helm == null && !section.has("helm") && !section.has("kustomize")) {
      section.mistake("must be a list of files, or have helm or kustomize");
    }
    section.end();
    return manifests;
  }

  private static TrafficDefinition traffic(Section section) {
    var by = section.choice("by", TrafficDefinition.By.class, TrafficDefinition.By.LABELS);
    var kind = by == TrafficDefinition.By.GATEWAY ? "HTTPRoute" : "Ingress";
    var route = objectName(section, "route", by == TrafficDefinition.By.LABELS ? "a route" : kind);
    if (by == TrafficDefinition.By.LABELS && section.has("route")) {
      section.mistake("route", "has no effect with by: labels; it is for gateway and ingress");
    }
    if (by != TrafficDefinition.By.LABELS && !section.has("route")) {
      section.mistake("route", "is missing; it is the " + kind + " whose traffic is shared");
    }
    var tolerance = section.number("tolerance");
    if (tolerance != null && (tolerance < 0 || tolerance >= 100)) {
      section.mistake(
          "tolerance", "must be points from 0 to below 100, but is " + Section.plain(tolerance));
    }
    section.end();
    return new TrafficDefinition(by, route, tolerance == null ? 5 : tolerance);
  }

  private static PodsDefinition pods(Section section) {
    var resources = section.sectionOrEmpty("resources");
    var limits = quantities(resources, "limits");
    var requests = quantities(resources, "requests");
    resources.end();
    var account = objectName(section, "service-account", "a ServiceAccount");
    var nodes = section.named("node-selector");
    section.end();
    return new PodsDefinition(limits, requests, account, nodes);
  }

  private static Map<String, String> quantities(Section section, String key) {
    var quantities = section.named(key);
    quantities.forEach(
        (name, quantity) -> {
          if (!QUANTITY.matcher(quantity).matches()) {
            section.mistake(
                key + "." + name,
                "must be a quantity such as 500m, 2 or 1Gi, but is '" + quantity + "'");
          }
        });
    return quantities;
  }
}
