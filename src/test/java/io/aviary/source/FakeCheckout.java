package io.aviary.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A commit without git. */
public final class FakeCheckout implements Checkout {

  public static final String REVISION = "2a034bf0c6dd1bdd0a2ac0b84b5ce8a7d8ab7b53";

  private final Map<String, String> files = new TreeMap<>();
  private final Map<String, SourceException> failures = new TreeMap<>();

  /** All files below a folder of this project. */
  public static FakeCheckout of(Path folder) {
    var checkout = new FakeCheckout();
    try (var paths = Files.walk(folder)) {
      for (var path : paths.filter(Files::isRegularFile).toList()) {
        checkout.write(folder.relativize(path).toString(), Files.readString(path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return checkout;
  }

  Map<String, String> files() {
    return Map.copyOf(files);
  }

  public FakeCheckout write(String path, String text) {
    files.put(path, text);
    return this;
  }

  public FakeCheckout delete(String path) {
    files.remove(path);
    return this;
  }

  /** Replaces a part of a file that must be there. */
  public FakeCheckout edit(String path, String part, String by) {
    var text = files.getOrDefault(path, "");
    if (!text.contains(part)) {
      throw new IllegalArgumentException(path + " has no " + part);
    }
    return write(path, text.replace(part, by));
  }

  FakeCheckout fail(String path, SourceException failure) {
    failures.put(path, failure);
    return this;
  }

  @Override
  public String revision() {
    return REVISION;
  }

  @Override
  public String message() {
    return "One";
  }

  @Override
  public String authorName() {
    return "Ada";
  }

  @Override
  public String authorEmail() {
    return "ada@example.com";
  }

  @Override
  public Instant authoredAt() {
    return Instant.EPOCH;
  }

  @Override
  public Optional<String> read(String path) {
    var failure = failures.get(path);
    if (failure != null) {
      throw failure;
    }
    return Optional.ofNullable(files.get(path));
  }

  @Override
  public Optional<byte[]> bytes(String path) {
    return read(path).map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void prefetch(Collection<String> paths) {}

  @Override
  public boolean exists(String path) {
    return path.equals(".")
        || files.keySet().stream()
            .anyMatch(file -> file.equals(path) || file.startsWith(path + "/"));
  }

  @Override
  public List<String> list(String folder) {
    var prefix = folder.equals(".") ? "" : folder.endsWith("/") ? folder : folder + "/";
    return files.keySet().stream()
        .filter(file -> file.startsWith(prefix))
        .map(file -> file.substring(prefix.length()).replaceFirst("/.*", "/"))
        .distinct()
        .toList();
  }

  @Override
  public void close() {}
}
