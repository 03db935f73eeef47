package io.aviary.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What GitHub says of itself, as packages that only npm's registry has. npm fetches them, nothing
 * of them is unpacked, run or kept in this repository.
 */
public enum NpmPackage {
  /** GitHub's description of its REST API. */
  OPENAPI(
      "@octokit/openapi",
      "23.0.2",
      "pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg=="),

  /** Payloads of its webhooks. */
  WEBHOOKS(
      "@octokit/webhooks-examples",
      "7.6.1",
      "De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ==");

  private static final Path FOLDER = Path.of("target", "npm");
  private static final int MINUTES = 5;

  private final String name;
  private final String version;
  private final String sha512;

  NpmPackage(String name, String version, String sha512) {
    this.name = name;
    this.version = version;
    this.sha512 = sha512;
  }

  /**
   * A JSON document of the package. Where the package cannot be had the test is left out, and says
   * so; in CI it must be had.
   */
  public JsonNode demanded(String path) {
    try {
      return document(fetched(), "package/" + path);
    } catch (IOException e) {
      var leftOut =
          "LEFT OUT: what "
              + name
              + " tells of GitHub, because npm could not fetch it ("
              + e.getMessage()
              + "); see docs/testing.md";
      if (System.getenv("CI") != null) {
        throw new UncheckedIOException(leftOut, e);
      }
      System.out.println(leftOut);
      Assumptions.abort(leftOut);
      throw new AssertionError(e);
    }
  }

  private Path fetched() throws IOException {
    var file = FOLDER.resolve(name.substring(1).replace('/', '-') + "-" + version + ".tgz");
    if (!Files.exists(file)) {
      Files.createDirectories(FOLDER);
      var fresh = Files.createTempDirectory(FOLDER, "fetch");
      npm(fresh);
      var _ =
          Files.move(fresh.resolve(file.getFileName()), file, StandardCopyOption.REPLACE_EXISTING);
      Files.delete(fresh);
    }
    var is = Base64.getEncoder().encodeToString(digest().digest(Files.readAllBytes(file)));
    if (!is.equals(sha512)) {
      throw new IllegalStateException(
          file + " is not the package that these tests were written for; delete it: " + is);
    }
    return file;
  }

  private void npm(Path into) throws IOException {
    var command =
        List.of(
            "npm", "pack", name + "@" + version, "--silent", "--pack-destination", into.toString());
    var npm =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!npm.waitFor(MINUTES, TimeUnit.MINUTES)) {
        npm.destroyForcibly();
        throw new IOException("npm pack took longer than " + MINUTES + " minutes");
      }
    } catch (InterruptedException e) {
      npm.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (npm.exitValue() != 0) {
      throw new IOException("npm pack ended with exit code " + npm.exitValue());
    }
  }

  private static JsonNode document(Path file, String path) throws IOException {
    try (var tar =
        new TarArchiveInputStream(new GZIPInputStream(Files.newInputStream(file), 1 << 16))) {
      for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
        if (entry.getName().equals(path)) {
          return JsonMapper.shared().readTree(tar.readAllBytes());
        }
      }
    }
    throw new IllegalStateException("no " + path + " in " + file);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-512");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
