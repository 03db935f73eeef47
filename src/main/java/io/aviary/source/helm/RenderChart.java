package io.aviary.source.helm;

import com.marcnuri.helm.TemplateCommand;
import com.marcnuri.helm.jni.HelmLib;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The program that {@link ChartRenderer} starts. Templates come from whoever may push and can loop
 * or fill the memory, which Helm does not limit; here they have only this process to end.
 *
 * <p>Arguments: Helm's library, MiB of memory, the chart, the release's name, its namespace, files
 * of values. What was rendered is on standard output; otherwise the exit code is 1 and the reason
 * is on standard error.
 */
final class RenderChart {

  /** Of setrlimit(2) on Linux: private memory that can be written. */
  private static final int RLIMIT_DATA = 2;

  private RenderChart() {}

  /** What is used of the C library. */
  interface C extends Library {
    int setrlimit(int resource, long[] softAndHard);
  }

  static void main(String[] arguments) {
    var in = List.of(arguments);
    var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    var code = 0;
    try {
      beTheFirstToGo();
      limitMemory(Long.parseLong(in.get(1)) << 20);
      var helm = Native.load(in.get(0), HelmLib.class);
      var command =
          new TemplateCommand(helm, Path.of(in.get(2)))
              .withName(in.get(3))
              .withNamespace(in.get(4));
      in.subList(5, in.size()).forEach(file -> command.withValuesFile(Path.of(file)));
      out.print(command.call());
    } catch (RuntimeException | LinkageError e) {
      System.err.println(e.getMessage());
      code = 1;
    }
    out.flush();
    System.err.flush();
    // Neither the library's threads nor anything else has something to put in order.
    Runtime.getRuntime().halt(code);
  }

  private static void limitMemory(long bytes) {
    if (isLinux()
        && Native.load("c", C.class).setrlimit(RLIMIT_DATA, new long[] {bytes, bytes}) != 0) {
      throw new IllegalStateException("the memory cannot be limited");
    }
  }

  /** Where a container's memory is full, this process is ended and not the server. */
  private static void beTheFirstToGo() {
    try {
      if (isLinux()) {
        Files.writeString(Path.of("/proc/self/oom_score_adj"), "1000");
      }
    } catch (IOException e) {
      // The limit is what counts.
    }
  }

  private static boolean isLinux() {
    return System.getProperty("os.name").equals("Linux");
  }
}
