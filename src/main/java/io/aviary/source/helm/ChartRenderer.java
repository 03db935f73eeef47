package io.aviary.source.helm;

import com.marcnuri.helm.jni.NativeLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Renders charts as {@code helm template} does: no cluster is asked ({@code lookup} is refused),
 * nothing is downloaded, and neither hooks nor {@code crds/} are in what comes out. Each chart gets
 * a process of its own with nothing of this one's environment, 512 MiB and 30 seconds; two run at a
 * time, others wait. Safe for use by many threads.
 */
@Component
public final class ChartRenderer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MEMORY = 512;
  private static final long LONGEST = 4 << 20;

  /** Nobody listens there. */
  private static final String NO_CLUSTER =
      """
      apiVersion: v1
      kind: Config
      clusters: [{name: none, cluster: {server: "http://127.0.0.1:1"}}]
      contexts: [{name: none, context: {cluster: none}}]
      current-context: none
      """;

  private final Semaphore turns = new Semaphore(2);

  /** Made when it is needed: most servers have no charts. */
  private @Nullable Path home;

  private @Nullable Path library;

  /** What came of a chart. */
  public sealed interface Result {}

  /** YAML documents, each with the template that it is from: {@code # Source: name/templates/…}. */
  public record Rendered(String text) implements Result {}

  /** Helm's words, or which limit was met. */
  public record Refused(String why) implements Result {}

  /**
   * Renders a chart.
   *
   * @param release name of the release, as templates see it
   * @param chart its files by their paths below the chart's folder
   * @param values texts of files, the last wins
   * @throws UncheckedIOException if this machine keeps it from being done
   */
  public Result render(
      String release, String namespace, Map<String, byte[]> chart, List<String> values) {
    turns.acquireUninterruptibly();
    Path work = null;
    try {
      work = Files.createTempDirectory(home(), "chart-");
      return run(work, arguments(work, release, namespace, chart, values));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot render a chart: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException("cannot render a chart", new IOException("interrupted"));
    } finally {
      turns.release();
      if (work != null) {
        remove(work);
      }
    }
  }

  private List<String> arguments(
      Path work, String release, String namespace, Map<String, byte[]> chart, List<String> values)
      throws IOException {
    var folder = work.resolve("chart");
    for (var file : chart.entrySet()) {
      var path = folder.resolve(file.getKey()).normalize();
      if (!path.startsWith(folder)) {
        throw new IOException(file.getKey() + " is outside of the chart");
      }
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    // Without one, lookup would ask whoever listens on this machine.
    Files.writeString(work.resolve("kubeconfig"), NO_CLUSTER);
    var arguments =
        new ArrayList<>(
            List.of(
                library().toString(),
                String.valueOf(MEMORY),
                folder.toString(),
                release,
                namespace));
    for (var i = 0; i < values.size(); i++) {
      arguments.add(
          Files.writeString(work.resolve("values-" + i + ".yaml"), values.get(i)).toString());
    }
    return arguments;
  }

  private static Result run(Path work, List<String> arguments)
      throws IOException, InterruptedException {
    var out = work.resolve("out");
    var errors = work.resolve("errors");
    var process =
        builder(work, arguments)
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Refused("takes longer than " + PATIENCE.toSeconds() + " s to render");
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    if (process.exitValue() == 0) {
      return Files.size(out) > LONGEST
          ? new Refused("renders more than " + (LONGEST >> 20) + " MiB")
          : new Rendered(Files.readString(out));
    }
    var words = head(errors).replace(work.resolve("chart") + "/", "").replace(work + "/", "");
    if (words.contains("failed to map segment")) {
      throw new IOException(
          "the folder for temporary files, "
              + System.getProperty("java.io.tmpdir")
              + ", is mounted noexec, and Helm's library is unpacked there; mount it with exec, or"
              + " name another by -Djava.io.tmpdir");
    }
    return refused(process.exitValue(), words);
  }

  /** What a process that ended with an error says. */
  static Refused refused(int exitCode, String words) {
    if (words.contains("out of memory") || words.contains("cannot allocate memory")) {
      return new Refused("takes more than " + MEMORY + " MiB to render");
    }
    if (words.contains("pthread_create failed")) {
      // A thread's stack is memory, too; a limit on the number of threads sounds the same.
      return new Refused(
          "takes more than "
              + MEMORY
              + " MiB to render, or the server has reached a limit of threads");
    }
    return exitCode == 1
        ? new Refused(words.strip())
        : new Refused(
            "could not be rendered: Helm ended with exit code "
                + exitCode
                + ", "
                + words.lines().findFirst().orElse("without a word"));
  }

  private static String head(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(16 << 10), StandardCharsets.UTF_8);
    }
  }

  private static ProcessBuilder builder(Path work, List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.io.tmpdir=" + work,
            "-Djna.tmpdir=" + work,
            "-Duser.home=" + work,
            "-cp",
            System.getProperty("java.class.path")));
    var location = RenderChart.class.getProtectionDomain().getCodeSource().getLocation();
    if (location.toString().startsWith("jar:nested:")) {
      command.add("-Dloader.main=" + RenderChart.class.getName());
      command.add("org.springframework.boot.loader.launch.PropertiesLauncher");
    } else {
      command.add(RenderChart.class.getName());
    }
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    // Templates and Helm have no business with what this server knows.
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "HOME",
                work.toString(),
                "LANG",
                "C.UTF-8",
                "KUBECONFIG",
                work.resolve("kubeconfig").toString()));
    return builder;
  }

  // ---- what stays between two charts

  private synchronized Path home() throws IOException {
    if (home == null) {
      home = Files.createTempDirectory("aviary-charts-");
    }
    return home;
  }

  private synchronized Path library() throws IOException {
    if (library == null) {
      var candidate = forThisMachine();
      var file = home().resolve(candidate.getBinaryName());
      try (var in = candidate.getClass().getResourceAsStream("/" + candidate.getBinaryName())) {
        Files.copy(Objects.requireNonNull(in, candidate.getBinaryName()), file);
      }
      library = file;
    }
    return library;
  }

  private static NativeLibrary forThisMachine() throws IOException {
    var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    var name = system.startsWith("mac") ? "darwin" : system;
    var processor = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    for (var candidate :
        ServiceLoader.load(NativeLibrary.class, ChartRenderer.class.getClassLoader())) {
      if (candidate.getBinaryName().contains(name)
          && candidate.getBinaryName().contains(processor)) {
        return candidate;
      }
    }
    throw new IOException("this build of Aviary has no Helm for " + name + "-" + processor);
  }

  private static void remove(Path folder) {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + folder, e);
    }
  }

  @Override
  public synchronized void close() {
    if (home != null) {
      remove(home);
      home = null;
      library = null;
    }
  }
}
