package io.aviary.ops;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code --start-cache=FILE}: makes the file of loaded and linked classes (an AOT cache) with which
 * a JVM that is told so by {@code -XX:AOTCache=FILE} starts the server in one half of the time. The
 * JVM does without a file that is missing, broken or not its own.
 *
 * <p>Nothing of a running server is touched: a second JVM starts one on an empty database in
 * memory, and a third writes the file from what that one has loaded. Both take their options for
 * memory from this one, because a file fits only a JVM with the same.
 */
public final class StartCache {

  private static final String ARGUMENT = "--start-cache";
  private static final String OPTION = "-XX:AOTCache=";
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final Path file;
  private final StartCacheOrigin origin;
  private final List<String> options;

  private StartCache(Path file, StartCacheOrigin origin, List<String> options) {
    this.file = file;
    this.origin = origin;
    this.options = options;
  }

  /** Whether the command line asks for a file, or for the start that a file is made from. */
  public static boolean isAskedFor(String[] arguments) {
    return Stream.of(arguments)
        .anyMatch(it -> it.equals(ARGUMENT) || it.startsWith(ARGUMENT + "="));
  }

  /**
   * Makes the file, unless it is there for exactly this program and this JVM. Takes a minute.
   *
   * @return the exit code: 0 if the file is there, else 1
   */
  public static int run(Class<?> application, String[] arguments, PrintStream out) {
    var asked = Stream.of(arguments).filter(it -> it.startsWith(ARGUMENT + "=")).findFirst();
    if (asked.isEmpty()) {
      return StartTraining.run(application);
    }
    try {
      var file = Path.of(asked.get().substring(ARGUMENT.length() + 1)).toAbsolutePath();
      var jar = StartCacheOrigin.jarOf(application);
      if (jar == null) {
        out.println(
            "A start cache holds classes of jars on the class path, and these are in a folder or in a jar inside a jar."
                + " Run java -Djarmode=tools -jar aviary.jar extract first, and then the jar that it has made.");
        return 1;
      }
      var options =
          ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
              .filter(StartCache::matters)
              .toList();
      return new StartCache(file, StartCacheOrigin.of(jar, options), options)
          .make(application, out);
    } catch (IOException e) {
      out.println("The start cache could not be written: " + e);
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      out.println("The start cache was not made: interrupted.");
      return 1;
    }
  }

  /** What decides whether a file fits: memory, its collector, the layout of objects, modules. */
  private static boolean matters(String option) {
    return (option.startsWith("-X") || option.startsWith("--"))
        && !option.startsWith("-XX:AOT")
        && !option.startsWith("-XX:SharedArchiveFile")
        && !option.startsWith("-XX:StartFlightRecording")
        && !option.startsWith("-Xlog");
  }

  /**
   * Ends the process if the JVM was given classes of another build. It compares size and time of a
   * jar only, and builds that are the same byte for byte have the same time; a build of one other
   * word may have the same size.
   */
  public static void endIfOfAnotherBuild(Class<?> application) {
    var given =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(it -> it.startsWith(OPTION))
            .reduce((first, last) -> last);
    if (given.isEmpty()) {
      return;
    }
    try {
      var file = Path.of(given.get().substring(OPTION.length()));
      var jar = StartCacheOrigin.jarOf(application);
      if (jar != null && StartCacheOrigin.deceives(file, jar)) {
        StartCacheOrigin.forget(file);
        System.err.printf(
            "The start cache %s was made from another build, whose jar has the same size and time. It is deleted; start the server again.%n",
            file);
        System.exit(1);
      }
    } catch (IOException e) {
      System.err.println("The start cache cannot be told from one of another build: " + e);
      System.exit(1);
    }
  }

  private int make(Class<?> application, PrintStream out) throws IOException, InterruptedException {
    if (origin.isOf(file)) {
      out.println(file + " is there for this program and this JVM.");
      return 0;
    }
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    var record = beside(".record");
    var made = beside(".new");
    try {
      var failure =
          java(
              List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + record),
              List.of(application.getName(), ARGUMENT));
      if (failure == null) {
        failure =
            java(
                List.of(
                    "-XX:AOTMode=create", "-XX:AOTConfiguration=" + record, "-XX:AOTCache=" + made),
                List.of());
      }
      if (failure != null) {
        out.println("The start cache was not made. The last that the other JVM said:\n" + failure);
        return 1;
      }
      origin.writeFor(file, made);
      out.printf("%s is made, %d MiB.%n", file, Files.size(file) >> 20);
      return 0;
    } finally {
      Files.deleteIfExists(record);
      Files.deleteIfExists(made);
    }
  }

  private Path beside(String ending) {
    return file.resolveSibling(file.getFileName() + ending);
  }

  /** Runs a JVM as this one, with this one's class path. Answers what it said if it failed. */
  private @Nullable String java(List<String> mode, List<String> program)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(mode);
    command.add("-Xlog:aot*=off");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(program);
    var said = beside(".log");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    // Neither options of this JVM, which are there already, nor anything that configures a server.
    builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"));
    var process = builder.start();
    try {
      process.getOutputStream().close();
      var ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (ended && process.exitValue() == 0 && Files.exists(Path.of(lastFile(mode)))) {
        return null;
      }
      return (ended ? "" : "It took longer than " + PATIENCE.toMinutes() + " minutes.\n")
          + end(said);
    } finally {
      process.destroyForcibly().waitFor();
      Files.deleteIfExists(said);
    }
  }

  private static String lastFile(List<String> mode) {
    var last = mode.getLast();
    return last.substring(last.indexOf('=') + 1);
  }

  private static String end(Path log) throws IOException {
    var lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }
}
