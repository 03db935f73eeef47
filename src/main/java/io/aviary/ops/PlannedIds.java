package io.aviary.ops;

import io.aviary.release.Sha256;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ids that follow from what a span is about. So the parts of a release find each other in one trace
 * though they are told at different times and maybe by different servers.
 */
final class PlannedIds implements IdGenerator {

  private final IdGenerator random = IdGenerator.random();
  private final ThreadLocal<@Nullable String> trace = new ThreadLocal<>();
  private final ThreadLocal<@Nullable String> span = new ThreadLocal<>();

  /** What is started by {@code start} has these ids, unless its parent says another trace. */
  <T> T with(String traceId, String spanId, Supplier<T> start) {
    trace.set(traceId);
    span.set(spanId);
    try {
      return start.get();
    } finally {
      trace.remove();
      span.remove();
    }
  }

  @Override
  public String generateTraceId() {
    return Objects.requireNonNullElseGet(trace.get(), random::generateTraceId);
  }

  @Override
  public String generateSpanId() {
    return Objects.requireNonNullElseGet(span.get(), random::generateSpanId);
  }

  static String traceOf(String what) {
    return Sha256.hex(what).substring(0, 32);
  }

  static String spanOf(String what) {
    return Sha256.hex(what).substring(32, 48);
  }
}
