package io.aviary.ops;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where traces of releases go, {@code aviary.traces.*}.
 *
 * @param endpoint of an OpenTelemetry collector for OTLP over HTTP, e.g. {@code
 *     http://collector:4318/v1/traces}; null: no traces are made
 * @param headers sent with each request, e.g. for authorization
 */
@ConfigurationProperties("aviary.traces")
record TraceProperties(@Nullable URI endpoint, @DefaultValue Map<String, String> headers) {
  TraceProperties {
    headers = Map.copyOf(headers);
  }

  @Override
  public String toString() {
    return "Traces[endpoint=" + endpoint + "]";
  }
}
