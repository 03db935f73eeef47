package io.aviary.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What of a commit has to do with releasing it, found by looking around: for proposals, never for a
 * release. Files that cannot be read as manifests are passed over. Paths are relative to the
 * commit's root.
 *
 * @param dockerfiles in the order of their folders
 * @param manifests files with Deployments, Services or what goes with them
 * @param charts folders of Helm charts
 * @param kustomizations folders with a {@code kustomization.yaml}
 * @param testScripts shell scripts in folders of tests
 * @param codefresh pipelines of Codefresh
 * @param whole false: the repository is larger than what was looked at
 */
public record RepositoryLook(
    List<Dockerfile> dockerfiles,
    List<ManifestFile> manifests,
    List<String> charts,
    List<String> kustomizations,
    List<String> testScripts,
    List<String> codefresh,
    boolean whole) {

  /**
   * How an image is made.
   *
   * @param arguments names of its build arguments
   * @param runs whether it says what a container of it does
   */
  public record Dockerfile(String path, List<String> arguments, boolean runs) {

    /** Empty: the root. */
    public String folder() {
      return RepositoryLook.folder(path);
    }

    public String fileName() {
      return path.substring(path.lastIndexOf('/') + 1);
    }

    public boolean isForTests() {
      return lower(path).contains("test");
    }
  }

  /** A file of manifests. */
  public record ManifestFile(
      String path, List<Deployment> deployments, List<Service> services, List<String> kinds) {

    /** Empty: the root. */
    public String folder() {
      return RepositoryLook.folder(path);
    }

    public boolean isForCanary() {
      return lower(path).contains("canary")
          || deployments.stream().anyMatch(one -> lower(one.name()).contains("canary"));
    }
  }

  /**
   * A Deployment of a manifest.
   *
   * @param replicas 1 where it does not say
   * @param images as written
   */
  public record Deployment(
      String name, int replicas, Map<String, String> labels, List<String> images) {}

  /** A Service of a manifest. */
  public record Service(String name, Map<String, String> selector) {
    public boolean selects(Deployment deployment) {
      return !selector.isEmpty() && deployment.labels().entrySet().containsAll(selector.entrySet());
    }
  }

  /** Bounded, as whoever may push says how large a repository is. */
  public static RepositoryLook at(Checkout checkout) {
    var walk = new Walk(checkout);
    walk.folder("", 0);
    return walk.found();
  }

  private static String folder(String path) {
    return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** Through the folders of a commit. */
  private static final class Walk {

    private static final int DEEPEST = 6;
    private static final int MOST_NAMES = 5_000;
    private static final int MOST_FILES = 200;

    /** Of others, or made. */
    private static final Set<String> PASSED_OVER =
        Set.of("node_modules", "vendor", "third_party", "target", "build", "dist", "testdata");

    private static final Pattern ARGUMENT =
        Pattern.compile("(?im)^\\s*ARG\\s+([A-Za-z_][A-Za-z0-9_]*)");
    private static final Pattern RUNS = Pattern.compile("(?im)^\\s*(?:CMD|ENTRYPOINT)\\s");

    private final Checkout checkout;
    private final List<String> dockerfiles = new ArrayList<>();
    private final List<String> yamls = new ArrayList<>();
    private final List<String> charts = new ArrayList<>();
    private final List<String> kustomizations = new ArrayList<>();
    private final List<String> scripts = new ArrayList<>();
    private int names;
    private boolean whole = true;

    Walk(Checkout checkout) {
      this.checkout = checkout;
    }

    void folder(String folder, int depth) {
      var entries = checkout.list(folder.isEmpty() ? "." : folder);
      names += entries.size();
      if (depth > DEEPEST || names > MOST_NAMES) {
        whole = false;
        return;
      }
      if (entries.contains("Chart.yaml")) {
        charts.add(folder.isEmpty() ? "." : folder);
        return; // its templates are no manifests yet
      }
      if (entries.contains("kustomization.yaml") || entries.contains("kustomization.yml")) {
        kustomizations.add(folder.isEmpty() ? "." : folder);
      }
      for (var entry : entries) {
        var path = folder.isEmpty() ? entry : folder + "/" + entry;
        if (!entry.endsWith("/")) {
          file(path, entry);
        } else if (!entry.startsWith(".") && !PASSED_OVER.contains(withoutSlash(entry))) {
          folder(withoutSlash(path), depth + 1);
        }
      }
    }

    private static String withoutSlash(String path) {
      return path.substring(0, path.length() - 1);
    }

    private void file(String path, String name) {
      var lower = lower(name);
      if (lower.equals("dockerfile")
          || lower.startsWith("dockerfile.")
          || lower.endsWith(".dockerfile")) {
        dockerfiles.add(path);
      } else if ((lower.endsWith(".yml") || lower.endsWith(".yaml"))
          && !lower.startsWith(".")
          && !lower.startsWith("kustomization.")
          && !path.equals(ReleaseReader.FILE)) {
        yamls.add(path);
      } else if (lower.endsWith(".sh") && lower(path).contains("test")) {
        scripts.add(path);
      }
    }

    RepositoryLook found() {
      if (dockerfiles.size() + yamls.size() > MOST_FILES) {
        whole = false;
      }
      var files = yamls.stream().limit(MOST_FILES).toList();
      checkout.prefetch(Lists.concat(dockerfiles, files));
      return new RepositoryLook(
          dockerfiles.stream().limit(MOST_FILES).map(this::dockerfile).toList(),
          files.stream().map(this::manifests).filter(one -> !one.kinds().isEmpty()).toList(),
          List.copyOf(charts),
          List.copyOf(kustomizations),
          List.copyOf(scripts),
          yamls.stream().filter(path -> path.startsWith("codefresh")).toList(),
          whole);
    }

    private Dockerfile dockerfile(String path) {
      var text = text(path);
      return new Dockerfile(
          path,
          ARGUMENT.matcher(text).results().map(found -> found.group(1)).distinct().toList(),
          RUNS.matcher(text).find());
    }

    /** Empty where there is none to be had: it is left out of what is proposed. */
    private String text(String path) {
      try {
        return checkout.read(path).orElse("");
      } catch (SourceException e) {
        if (!e.isRejection()) {
          throw e;
        }
        return "";
      }
    }

    private ManifestFile manifests(String path) {
      var mistakes = new Findings();
      var documents =
          Yaml.read(path, text(path), Scalars.KUBECTL, mistakes).stream()
              .filter(Tree.Mapping.class::isInstance)
              .map(tree -> new Document(path, (Tree.Mapping) tree))
              .filter(one -> !one.kind().isEmpty() && !one.apiVersion().isEmpty())
              .toList();
      var read = mistakes.isEmpty() ? documents : List.<Document>of();
      return new ManifestFile(
          path,
          read.stream().filter(Document::isDeployment).map(Walk::deployment).toList(),
          read.stream()
              .filter(Document::isService)
              .map(one -> new Service(one.name(), one.selector()))
              .toList(),
          read.stream().map(Document::kind).toList());
    }

    private static Deployment deployment(Document document) {
      var replicas =
          document.tree().at("spec", "replicas") instanceof Tree.Scalar scalar
                  && scalar.value() instanceof Integer number
              ? number
              : 1;
      return new Deployment(
          document.name(),
          replicas,
          document.templateLabels(),
          document.tree().items("spec", "template", "spec", "containers").stream()
              .map(container -> container.text("image"))
              .filter(Objects::nonNull)
              .toList());
    }
  }
}
