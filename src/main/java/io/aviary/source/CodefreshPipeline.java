package io.aviary.source;

import io.aviary.release.CodefreshImport.Entry;
import io.aviary.release.CodefreshImport.Verdict;
import io.aviary.source.CodefreshRelease.Gate;
import io.aviary.source.CodefreshRelease.Image;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one Codefresh pipeline, key by key and command by command. What it knows it notes in the
 * release; what it does not know it refuses, because a step that is left out silently is a release
 * that does less than it did.
 */
final class CodefreshPipeline {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\{\\s*(\\w+)\\s*}}");
  private static final Map<String, String> PLACEHOLDERS =
      Map.of(
          "CF_SHORT_REVISION", "$SHORT_REVISION",
          "CF_REVISION", "$REVISION",
          "CF_BRANCH", "$BRANCH",
          "CF_BUILD_ID", "$RUN");
  private static final Pattern BUILD_STEP = Pattern.compile("build(\\w+?)(Image)?");
  private static final Set<String> WORDS_ONLY = Set.of("title", "description");
  private static final String EXIT_FLAG = "the exit code of the test decides, without a variable";

  private final String file;
  private final CodefreshRelease release;
  private final List<Entry> report;

  CodefreshPipeline(String file, CodefreshRelease release, List<Entry> report) {
    this.file = file;
    this.release = release;
    this.report = report;
  }

  void read(String text, boolean production) {
    var findings = new Findings();
    var documents = Yaml.read(file, text, Scalars.CORE, findings);
    findings.sorted().forEach(it -> refuse(it.line(), it.key(), it.sentence()));
    if (documents.isEmpty() || !(documents.getFirst() instanceof Tree.Mapping root)) {
      refuse(0, "", "is no pipeline: it has no steps");
      return;
    }
    root.entries()
        .forEach(
            (key, entry) -> {
              switch (key) {
                case "version" -> take(entry.line(), key, "aviary.yml needs no version");
                case "steps" -> steps(entry, production);
                case "stages", "mode", "fail_fast" ->
                    change(entry.line(), key, "the order of a run is Aviary's own");
                default -> refuse(entry.line(), key, "Aviary has nothing like it");
              }
            });
  }

  private void steps(Tree.Entry steps, boolean production) {
    if (!(steps.value() instanceof Tree.Mapping mapping)) {
      refuse(steps.line(), "steps", "must be a mapping");
      return;
    }
    mapping.entries().forEach((name, entry) -> step(name, entry, production));
  }

  private void step(String name, Tree.Entry entry, boolean production) {
    var path = "steps." + name;
    if (!(entry.value() instanceof Tree.Mapping step)) {
      refuse(entry.line(), path, "must be a mapping");
      return;
    }
    var type = step.text("type");
    switch (type == null ? "freestyle" : type) {
      case "build" -> build(name, path, entry.line(), step);
      case "push" -> push(path, entry.line(), step);
      case "git-clone" -> take(entry.line(), path, "readSource fetches the commit");
      case "freestyle" -> {
        if (production && isBuildLike(step)) {
          refuse(entry.line(), path, "production never builds: it gets the canary's digests");
        } else {
          commands(name, path, entry.line(), step, production);
        }
      }
      case "pending-approval" ->
          refuse(
              entry.line(),
              path,
              "becomes a gate with approval: {timeout: 24h}; add it by hand where it belongs");
      default ->
          refuse(entry.line(), path, "is of type " + type + ", which Aviary has nothing like");
    }
  }

  private static boolean isBuildLike(Tree.Mapping step) {
    return step.at("image_name") != null;
  }

  // ---- images

  private void build(String name, String path, int line, Tree.Mapping step) {
    var imageName = step.text("image_name");
    if (imageName == null) {
      refuse(line, path, "has no image_name");
      return;
    }
    var context = ".";
    var dockerfile = "Dockerfile";
    String target = null;
    var tag = "$SHORT_REVISION";
    var args = new LinkedHashMap<String, String>();
    var key = imageKey(name, imageName);
    for (var item : step.entries().entrySet()) {
      var at = path + "." + item.getKey();
      var where = item.getValue().line();
      var value = item.getValue().value();
      var text = value instanceof Tree.Scalar scalar ? scalar.text() : "";
      switch (item.getKey()) {
        case "type" -> take(where, at, "images." + key);
        case "title", "description", "stage" ->
            take(where, at, "words only; Aviary names its steps");
        case "image_name" -> take(where, at, "images." + key + ".name");
        case "working_directory" -> {
          context = text.isEmpty() ? "." : text.replaceFirst("^\\./", "");
          take(where, at, "images." + key + ".context");
        }
        case "dockerfile" -> {
          dockerfile = text;
          take(where, at, "images." + key + ".dockerfile");
        }
        case "target" -> {
          target = text;
          take(where, at, "images." + key + ".target");
        }
        case "tag" -> {
          tag = placeholders(where, at, text);
          take(
              where,
              at,
              tag.equals("$SHORT_REVISION") ? "is the default" : "images." + key + ".tag");
        }
        case "build_arguments" -> arguments(where, at, value, args);
        case "registry" ->
            change(where, at, "the server pushes to its own registry: aviary.build.registry");
        case "no_cache", "no_cf_cache", "disable_push", "buildkit", "provider" ->
            change(where, at, "images are built by BuildKit and their layers are kept beside them");
        default -> refuse(where, at, "Aviary has nothing like it");
      }
    }
    if (args.isEmpty()) {
      args.put("VERSION", "$SHORT_REVISION");
      change(
          line,
          path,
          "images."
              + key
              + ".args.VERSION was added, so that an image whose Dockerfile has ARG VERSION"
              + " knows its version; no other Dockerfile sees it");
    }
    release.image(name, new Image(key, imageName, context, dockerfile, target, args, tag));
  }

  private static String imageKey(String step, String imageName) {
    var match = BUILD_STEP.matcher(step);
    var word =
        match.matches() ? match.group(1) : imageName.substring(imageName.lastIndexOf('/') + 1);
    var letters = word.replaceAll("[^A-Za-z0-9]", "");
    return letters.isEmpty()
        ? "app"
        : letters.substring(0, 1).toLowerCase(Locale.ROOT) + letters.substring(1);
  }

  private void arguments(int line, String path, Tree value, Map<String, String> args) {
    if (value instanceof Tree.Sequence sequence) {
      for (var item : sequence.items()) {
        var parts =
            item instanceof Tree.Scalar scalar ? scalar.text().split("=", 2) : new String[0];
        if (parts.length == 2) {
          args.put(parts[0], placeholders(item.line(), path, parts[1]));
          take(item.line(), path, "args." + parts[0]);
        } else {
          refuse(item.line(), path, "is not NAME=VALUE");
        }
      }
    } else {
      refuse(line, path, "must be a list of NAME=VALUE");
    }
  }

  private void push(String path, int line, Tree.Mapping step) {
    var candidate = step.text("candidate");
    var variable = candidate == null ? null : VARIABLE.matcher(candidate);
    var image =
        variable != null && variable.matches()
            ? release.builtBy(variable.group(1)).orElse(null)
            : null;
    if (image == null) {
      refuse(line, path, "pushes " + candidate + ", which no step before it builds");
      return;
    }
    step.entries()
        .forEach(
            (key, entry) -> {
              var at = path + "." + key;
              switch (key) {
                case "type", "candidate", "title", "description", "stage" ->
                    take(entry.line(), at, "every image is pushed once it is built");
                case "tag" -> {
                  var text = entry.value() instanceof Tree.Scalar scalar ? scalar.text() : "";
                  if (placeholders(entry.line(), at, text).equals(image.tag())) {
                    take(entry.line(), at, "the same tag as its build's");
                  } else {
                    refuse(entry.line(), at, "an image has one tag; manifests name its digest");
                  }
                }
                case "registry", "credentials", "image_name", "provider" ->
                    change(
                        entry.line(),
                        at,
                        "the server pushes to its own registry: aviary.build.registry");
                default -> refuse(entry.line(), at, "Aviary has nothing like it");
              }
            });
  }

  // ---- commands

  private void commands(String name, String path, int line, Tree.Mapping step, boolean production) {
    var traffic = false;
    for (var item : step.entries().entrySet()) {
      var at = path + "." + item.getKey();
      var where = item.getValue().line();
      switch (item.getKey()) {
        case "type", "stage" -> take(where, at, "Aviary has a step of its own for it");
        case "image" -> take(where, at, "needs no image: the server speaks to the cluster itself");
        case "fail-fast", "fail_fast" ->
            take(where, at, "a gate that fails is followed by its rollback branch by itself");
        case "when" -> condition(name, where, at);
        case "commands" -> {
          for (var command : step.items("commands")) {
            traffic |= command(name, at, command, production, traffic);
          }
        }
        default -> {
          if (WORDS_ONLY.contains(item.getKey())) {
            take(where, at, "words only; Aviary names its steps");
          } else {
            refuse(where, at, "Aviary has nothing like it");
          }
        }
      }
    }
    if (step.items("commands").isEmpty()) {
      refuse(line, path, "has no commands, so that what it does cannot be seen");
    }
  }

  private void condition(String name, int line, String path) {
    if (name.toLowerCase(Locale.ROOT).contains("rollback")) {
      take(line, path, "a rollback branch runs when something before it fails, whatever it is");
    } else {
      refuse(line, path, "Aviary has no conditions of one's own");
    }
  }

  /** Whether the command gives the canary traffic. */
  private boolean command(
      String step, String path, Tree command, boolean production, boolean traffic) {
    var text = command instanceof Tree.Scalar scalar ? scalar.text() : "";
    var line = command.line();
    var words = ShellWords.of(text);
    if (words == null || words.isEmpty()) {
      refuse(line, path, "cannot be read: " + text);
      return false;
    }
    switch (words.getFirst()) {
      case "echo" -> take(line, path, "words only");
      case "cf_export" -> take(line, path, EXIT_FLAG);
      case "sed" -> sed(line, path, text);
      case "kubectl" -> {
        return kubectl(step, line, path, words, production, traffic);
      }
      case "export" -> {
        if (text.contains("kubectl get pods")) {
          take(
              line, path, "the canary's pods are found by owner references and not by their names");
        } else {
          refuse(line, path, "sets a variable for what Aviary does without a shell: " + text);
        }
      }
      case "codefresh" -> {
        if (words.size() > 1 && words.get(1).equals("run")) {
          take(line, path, "triggerProdDeployment starts the production run with the same digests");
        } else {
          refuse(line, path, "Aviary has nothing like it: " + text);
        }
      }
      default ->
          refuse(line, path, "Aviary runs no commands of one's own outside of a test: " + text);
    }
    return false;
  }

  private void sed(int line, String path, String text) {
    if (text.contains("s/BUILD_NUMBER/")
        && text.contains("CF_SHORT_REVISION")
        && text.contains(".yml")) {
      take(line, path, "BUILD_NUMBER in manifests becomes the short revision by itself");
    } else {
      refuse(line, path, "only BUILD_NUMBER is replaced in manifests: " + text);
    }
  }

  private boolean kubectl(
      String step, int line, String path, List<String> words, boolean production, boolean traffic) {
    switch (words.size() > 1 ? words.get(1) : "") {
      case "config" ->
          change(
              line,
              path,
              "is the server's configuration now: kube-context of the application"
                  + (words.size() > 3 ? " (" + words.get(3) + ")" : ""));
      case "apply" -> apply(line, path, words, production);
      case "delete" -> {
        if (step.toLowerCase(Locale.ROOT).contains("rollback")) {
          take(line, path, "the rollback branch removes what the run created, and verifies it");
        } else {
          refuse(line, path, "only a rollback branch deletes, and only what the run created");
        }
      }
      case "label" -> {
        change(
            line,
            path,
            "production's labels on the canary's pods are the share of this gate: 10 % is one pod beside"
                + " nine of production's; set traffic to 100 / (production's pods + 1)");
        return true;
      }
      case "run" -> test(step, line, path, words, traffic);
      case "rollout" -> take(line, path, "Aviary waits for every roll-out by itself");
      default -> refuse(line, path, "Aviary does no such thing: " + String.join(" ", words));
    }
    return false;
  }

  private void apply(int line, String path, List<String> words, boolean production) {
    var file = option(words, "-f", "--filename");
    var namespace = option(words, "-n", "--namespace");
    if (file == null) {
      refuse(line, path, "names no file");
      return;
    }
    release.manifests(production).add(file);
    take(line, path, (production ? "production" : "canary") + ".manifests: " + file);
    if (namespace != null) {
      change(
          line,
          path,
          "the namespace is the server's configuration now: namespace: "
              + namespace
              + " of the application");
    }
  }

  private void test(String step, int line, String path, List<String> words, boolean traffic) {
    var reference = option(words, "--image", "--image");
    var image = reference == null ? null : release.imageNamed(reference).orElse(null);
    if (image == null) {
      refuse(
          line,
          path,
          "runs "
              + reference
              + ", which no step builds; a test's image is one of images (build: false"
              + " for one that is built elsewhere)");
      return;
    }
    var end = words.indexOf("--");
    var command = end < 0 ? List.<String>of() : words.subList(end + 1, words.size());
    release.gate(
        new Gate(
            step,
            traffic,
            image.key(),
            command.stream().map(word -> placeholders(line, path, word)).toList()));
    take(line, path, "the test of gate " + step + ", in a pod that ends after 5m");
  }

  private static @Nullable String option(List<String> words, String brief, String name) {
    for (var i = 0; i < words.size(); i++) {
      var word = words.get(i);
      if (word.equals("--")) {
        return null;
      }
      if ((word.equals(brief) || word.equals(name)) && i + 1 < words.size()) {
        return words.get(i + 1);
      }
      for (var known : List.of(brief, name)) {
        if (word.startsWith(known + "=")) {
          return word.substring(known.length() + 1);
        }
      }
    }
    return null;
  }

  /** Codefresh's variables as Aviary's; others are refused and left as they are. */
  private String placeholders(int line, String path, String text) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            found -> {
              var placeholder = PLACEHOLDERS.get(found.group(1));
              if (placeholder == null) {
                refuse(
                    line, path, "the variable " + found.group(1) + " has no counterpart in Aviary");
              }
              return java.util.regex.Matcher.quoteReplacement(
                  placeholder == null ? found.group() : placeholder);
            });
  }

  // ---- the report

  private void take(int line, String key, String reason) {
    report.add(new Entry(file, line, key, Verdict.TAKEN_OVER, reason));
  }

  private void change(int line, String key, String reason) {
    report.add(new Entry(file, line, key, Verdict.CHANGED, reason));
  }

  private void refuse(int line, String key, String reason) {
    report.add(new Entry(file, line, key, Verdict.REFUSED, reason));
  }
}
