package io.aviary.house;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * google-java-format over the source tree. It runs on the JDK of the build and not inside Maven,
 * because it parses with its own JVM's compiler, and Maven may run on one that does not know the
 * language version.
 */
final class Formatting {

  private static final Formatter FORMATTER = new Formatter();

  private Formatting() {}

  /** Writes the layout: {@code ./mvnw -q test-compile exec:exec@format}. */
  public static void main(String[] roots) {
    for (var root : roots) {
      for (var file : unformatted(Path.of(root))) {
        write(file, formatted(file));
        System.out.println("formatted " + file);
      }
    }
  }

  static List<Path> unformatted(Path root) {
    try (var files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .parallel()
          .filter(file -> !read(file).equals(formatted(file)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String formatted(Path file) {
    try {
      var ordered =
          ImportOrderer.reorderImports(
              RemoveUnusedImports.removeUnusedImports(read(file)),
              JavaFormatterOptions.Style.GOOGLE);
      return FORMATTER.formatSource(ordered);
    } catch (FormatterException e) {
      throw new IllegalStateException(file + ": " + e.getMessage(), e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
