package io.aviary.source;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.AviaryProperties;
import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.definition.ProductionDefinition;
import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.source.helm.ChartRenderer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reads all that a commit says of its release: {@code aviary.yml} (or what the configuration says
 * instead), the manifests, and whether they fit together. All mistakes are found in one go. Safe
 * for use by many threads.
 */
@Component
public final class ReleaseReader {

  /** The file in the repository's root. */
  public static final String FILE = "aviary.yml";

  private final AviaryProperties aviary;

  private final ChartRenderer charts;

  public ReleaseReader(AviaryProperties aviary, ChartRenderer charts) {
    this.aviary = aviary;
    this.charts = charts;
  }

  /** What came of reading a commit. */
  public sealed interface Result {}

  /**
   * The commit can be released.
   *
   * @param canaryDeployment of the canary's manifests, or of those derived from production's
   * @param productionDeployment of production's manifests, the one that the canary stands beside;
   *     null: they are rendered later
   * @param service whose traffic is shared; null: no gate shares any, or it is found later
   * @param notes for the run's record: what the commit has and is left out
   */
  public record Read(
      ReleaseDefinition definition,
      Manifests manifests,
      @Nullable String canaryDeployment,
      @Nullable String productionDeployment,
      @Nullable String service,
      List<String> notes)
      implements Result {
    public Read {
      notes = List.copyOf(notes);
    }
  }

  /** All that is wrong; at least one. */
  public record Mistakes(List<Mistake> mistakes) implements Result {
    public Mistakes {
      mistakes = List.copyOf(mistakes);
    }
  }

  /**
   * Reads and checks a commit.
   *
   * @throws SourceException if a file could not be fetched
   */
  public Result read(ApplicationProperties application, Checkout checkout) {
    var draft = draft(application, checkout);
    var findings = draft.findings();
    var definition = draft.definition();
    if (definition == null) {
      return new Mistakes(findings.sorted());
    }
    var isWell = findings.isEmpty();
    findImages(definition, draft.lines(), checkout, findings);
    findMetrics(definition, draft.lines(), findings);

    var unread = new Findings();
    var manifests = new ManifestReader(checkout, draft.lines(), unread);
    var canaryFiles = definition.canary().manifests();
    var productionFiles =
        definition.production().manifests() instanceof ProductionDefinition.Files files
            ? files.files()
            : List.<String>of();
    checkout.prefetch(Lists.concat(canaryFiles, productionFiles));
    var canary = manifests.read(canaryFiles, "canary.manifests");
    var notes = new ArrayList<String>();
    var production =
        switch (definition.production().manifests()) {
          case ProductionDefinition.Files(var files) ->
              manifests.read(files, "production.manifests");
          case ProductionDefinition.Helm helm ->
              new HelmChart(checkout, helm, draft.lines(), unread, notes)
                  .documents(charts, application.name(), application.namespace());
          case ProductionDefinition.Kustomize(var folder) ->
              new KustomizeFolder(checkout, folder, draft.lines(), unread, notes)
                  .documents(application.namespace());
        };
    findings.addAll(unread);

    var policy = new ManifestPolicy(application, aviary.build().registrySecret());
    Lists.concat(canary, production).forEach(document -> policy.check(document, findings));
    // What does not fit because a part could not be read would only hide what is wrong.
    var parts =
        isWell && unread.isEmpty()
            ? new ReleaseFit(definition, draft.lines(), canary, production, findings).check()
            : new ReleaseFit.Parts(null, null, null);
    var stable = parts.production();
    if (canaryFiles.isEmpty() && stable != null) {
      var derived = derived(definition, production, stable, parts.service());
      derived.check(draft.lines(), findings);
      return findings.isEmpty()
          ? new Read(
              definition,
              new Manifests(derived.manifests(), toManifests(production)),
              derived.name(),
              stable.name(),
              parts.service(),
              notes)
          : new Mistakes(findings.sorted());
    }
    return findings.isEmpty()
        ? new Read(
            definition,
            new Manifests(toManifests(canary), toManifests(production)),
            name(parts.canary()),
            name(stable),
            parts.service(),
            notes)
        : new Mistakes(findings.sorted());
  }

  private static DerivedCanary derived(
      ReleaseDefinition definition,
      List<Document> production,
      Document deployment,
      @Nullable String service) {
    return new DerivedCanary(
        definition,
        production,
        deployment,
        production.stream()
            .filter(document -> document.isService() && document.name().equals(service))
            .findFirst()
            .orElse(null));
  }

  private static DefinitionReader.Draft draft(
      ApplicationProperties application, Checkout checkout) {
    if (!application.release().isEmpty()) {
      return DefinitionReader.draft(application);
    }
    String problem;
    try {
      var text = checkout.read(FILE);
      if (text.isPresent()) {
        return DefinitionReader.draft(FILE, text.get());
      }
      problem =
          "is not in commit "
              + checkout.revision()
              + (checkout.exists("aviary.yaml")
                  ? "; rename aviary.yaml"
                  : "; add it, or configure aviary.applications[].release");
    } catch (SourceException e) {
      problem = rejected(e);
    }
    return DefinitionReader.missing(FILE, problem);
  }

  private void findMetrics(ReleaseDefinition definition, Lines lines, Findings findings) {
    var gates = definition.canary().gates();
    for (var i = 0; i < gates.size(); i++) {
      if (!gates.get(i).metrics().isEmpty() && aviary.prometheus().url() == null) {
        lines.add(
            findings,
            "canary.gates[" + i + "].metrics",
            "need a metrics server; an operator names it with aviary.prometheus.url");
      }
    }
  }

  private static void findImages(
      ReleaseDefinition definition, Lines lines, Checkout checkout, Findings findings) {
    for (var image : definition.images()) {
      if (image.build() && GitCheckout.isPath(image.context())) {
        findImage(image, lines, checkout, findings);
      }
    }
  }

  private static void findImage(
      ImageDefinition image, Lines lines, Checkout checkout, Findings findings) {
    var key = "images." + image.key();
    try {
      if (!checkout.exists(image.context())) {
        lines.add(
            findings, key + ".context", missing("folder", image.context(), checkout.revision()));
        return;
      }
      var file = image.context().equals(".") ? "" : image.context() + "/";
      if (GitCheckout.isPath(image.dockerfile()) && !checkout.exists(file + image.dockerfile())) {
        lines.add(
            findings,
            key + ".dockerfile",
            missing("file", file + image.dockerfile(), checkout.revision()));
      }
    } catch (SourceException e) {
      lines.add(findings, key + ".dockerfile", rejected(e));
    }
  }

  static String missing(String what, String path, String revision) {
    return "there is no " + what + " '" + path + "' in commit " + revision;
  }

  /**
   * What is wrong with a file in a mistake's words.
   *
   * @throws SourceException the same, if it is a fault and says nothing about the file
   */
  static String rejected(SourceException e) {
    if (!e.isRejection()) {
      throw e;
    }
    return String.valueOf(e.getMessage());
  }

  private static List<Manifest> toManifests(List<Document> documents) {
    return new ArrayList<>(documents.stream().map(Document::toManifest).toList());
  }

  private static @Nullable String name(@Nullable Document document) {
    return document == null ? null : document.name();
  }
}
