package io.aviary.source;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A commit with one file that is not in it, or not so. */
record ChangedCheckout(Checkout commit, String path, String text) implements Checkout {

  @Override
  public String revision() {
    return commit.revision();
  }

  @Override
  public String message() {
    return commit.message();
  }

  @Override
  public String authorName() {
    return commit.authorName();
  }

  @Override
  public String authorEmail() {
    return commit.authorEmail();
  }

  @Override
  public Instant authoredAt() {
    return commit.authoredAt();
  }

  @Override
  public Optional<String> read(String asked) {
    return asked.equals(path) ? Optional.of(text) : commit.read(asked);
  }

  @Override
  public Optional<byte[]> bytes(String asked) {
    return asked.equals(path)
        ? Optional.of(text.getBytes(StandardCharsets.UTF_8))
        : commit.bytes(asked);
  }

  @Override
  public void prefetch(Collection<String> paths) {
    commit.prefetch(paths);
  }

  @Override
  public boolean exists(String asked) {
    return asked.equals(path) || commit.exists(asked);
  }

  @Override
  public List<String> list(String folder) {
    return commit.list(folder);
  }

  @Override
  public void close() {
    commit.close();
  }
}
