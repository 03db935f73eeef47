package io.aviary.ops;

import io.aviary.release.Deliveries;
import io.aviary.release.Runs;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Traces, where somebody wants them. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("aviary.traces.endpoint")
class TraceConfiguration {

  @Bean
  SdkTracerProvider traces(TraceProperties properties, PlannedIds ids) {
    var endpoint = Objects.requireNonNull(properties.endpoint(), "aviary.traces.endpoint");
    var exporter = OtlpHttpSpanExporter.builder().setEndpoint(endpoint.toString());
    properties.headers().forEach(exporter::addHeader);
    return provider(BatchSpanProcessor.builder(exporter.build()).build(), ids);
  }

  static SdkTracerProvider provider(SpanProcessor processor, PlannedIds ids) {
    var name = Attributes.of(AttributeKey.stringKey("service.name"), "aviary");
    return SdkTracerProvider.builder()
        .setIdGenerator(ids)
        .setResource(Resource.getDefault().merge(Resource.create(name)))
        .addSpanProcessor(processor)
        .build();
  }

  @Bean
  PlannedIds traceIds() {
    return new PlannedIds();
  }

  @Bean
  ReleaseTraces releaseTraces(
      SdkTracerProvider traces, PlannedIds ids, Runs runs, Deliveries deliveries) {
    return new ReleaseTraces(traces.get("io.aviary"), ids, runs, deliveries);
  }
}
