package io.aviary.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Commits of the example application, good ones and bad ones. On a real cluster the changed sources
 * really behave so; the simulated one tells the changes by their text.
 */
public final class ExampleCommits {

  private static final Path EXAMPLE = Path.of("examples", "ornithology");

  /** A change that makes a commit what it is named after. */
  public enum Change {
    /** {@code /ping} never answers: the canary's readiness probe fails. */
    NEVER_READY("api.py", "time.sleep(wait)", "time.sleep(86400 + wait)"),
    /** A stored bird does not come back: gate 1's test exits with 1. */
    BIRD_IS_LOST(
        "api.py",
        "database.execute(\"INSERT OR REPLACE INTO birds VALUES (?, ?)\", (self.path[7:], seen))",
        "database.execute(\"SELECT ?, ?\", (self.path[7:], seen))"),
    /** {@code /version} answers 500: gate 2's test exits with 22. */
    VERSION_FAILS("api.py", "lambda: (200, VERSION)", "lambda: (500, \"broken\")"),
    /** The application's image does not build. */
    DOES_NOT_BUILD("Dockerfile", "EXPOSE 5000", "RUN false\nEXPOSE 5000"),
    /** The image's program does not exist: its containers cannot start. */
    CANNOT_START("Dockerfile", "CMD [\"python3\"", "CMD [\"python3-missing\""),
    /** A key that does not exist, and a gate without a name. */
    BROKEN_AVIARY_YML(
        "aviary.yml", "    - name: testCanary\n      test:", "    - nmae: testCanary\n      test:"),
    /** The canary is fine, but production's pods are probed for a page that does not exist. */
    PRODUCTION_NEVER_READY(
        "orni-dep.yml",
        "        - containerPort: 5000\n",
        """
                - containerPort: 5000
                readinessProbe:
                    httpGet:
                        path: /no-such-page
                        port: 5000
                    periodSeconds: 1
        """),
    /** The canary starts to answer after seconds instead of half a minute. */
    QUICK_WARM_UP(
        "orni-dep-canary.yml",
        "        - containerPort: 5000\n",
        """
                - containerPort: 5000
                env:
                - {name: PING_LATENCY, value: "1"}
        """),
    /** Production rolls in one go, without {@code minReadySeconds}. */
    QUICK_ROLLOUT("orni-dep.yml", "minReadySeconds: 5", "minReadySeconds: 0"),
    /** Three production pods; a share of 10 % is out of reach then. */
    THREE_REPLICAS("orni-dep.yml", "replicas: 9", "replicas: 3");

    private final String file;
    private final String before;
    private final String after;

    Change(String file, String before, String after) {
      this.file = file;
      this.before = before;
      this.after = after;
    }

    /** The text by which the change is told. */
    String marker() {
      return after;
    }
  }

  private final Map<String, String> files;

  private ExampleCommits(Map<String, String> files) {
    this.files = files;
  }

  /** The example as it is in this repository. */
  public static ExampleCommits good() {
    return new ExampleCommits(read(EXAMPLE));
  }

  private static Map<String, String> read(Path folder) {
    try (var paths = Files.walk(folder)) {
      var files = new TreeMap<String, String>();
      for (var path : paths.filter(Files::isRegularFile).toList()) {
        files.put(
            folder.relativize(path).toString().replace('\\', '/'),
            Files.readString(path, StandardCharsets.UTF_8));
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "an example is not in %s; tests run from the project's root"
              .formatted(folder.toAbsolutePath()),
          e);
    }
  }

  /** The example with these changes. */
  public static ExampleCommits with(Change... changes) {
    var commit = good();
    for (var change : changes) {
      commit = commit.replace(change.file, change.before, change.after);
    }
    return commit;
  }

  /** Makes the application's image another one than any before. */
  public ExampleCommits numbered(String number) {
    return replace("api.py", "import json\n", "# commit " + number + "\nimport json\n");
  }

  /**
   * With a text of a file replaced, wherever it stands.
   *
   * @throws IllegalArgumentException if the file does not contain it
   */
  public ExampleCommits replace(String file, String before, String after) {
    var text = files.get(file);
    if (text == null || !text.contains(before)) {
      throw new IllegalArgumentException(
          "%s of the example does not contain: %s".formatted(file, before));
    }
    return put(file, text.replace(before, after));
  }

  /** With a file added or replaced as a whole. */
  public ExampleCommits put(String file, String text) {
    var changed = new TreeMap<>(files);
    changed.put(file, text);
    return new ExampleCommits(changed);
  }

  /** With the files of a folder of this project, below a folder of the commit. */
  public ExampleCommits with(String folder, Path files) {
    var commit = this;
    for (var file : read(files).entrySet()) {
      commit = commit.put(folder + "/" + file.getKey(), file.getValue());
    }
    return commit;
  }

  /** With production as the chart of this project's examples, in the place of its manifest. */
  public ExampleCommits asChart() {
    return with("chart", Path.of("examples", "helm"))
        .remove("orni-dep.yml")
        .replace(
            "aviary.yml",
            "manifests: [orni-dep.yml]",
            "manifests: {helm: {chart: chart, values: [chart/production.yaml]}}");
  }

  /** Without a file. */
  public ExampleCommits remove(String file) {
    var changed = new TreeMap<>(files);
    changed.remove(file);
    return new ExampleCommits(changed);
  }

  /** Path to text. Those that end in {@code .sh} are executable. */
  public Map<String, String> files() {
    return Map.copyOf(files);
  }

  /** Writes the files below a folder, for tools that commit a folder. */
  public List<Path> writeTo(Path folder) {
    var written = new ArrayList<Path>();
    files.forEach(
        (name, text) -> {
          try {
            var path = folder.resolve(name);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text, StandardCharsets.UTF_8);
            if (name.endsWith(".sh") && !path.toFile().setExecutable(true)) {
              throw new IOException("cannot make " + path + " executable");
            }
            written.add(path);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return written;
  }
}
