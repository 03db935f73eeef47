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
import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.beans.factory.BeanRegistry.SupplierContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** Traces, where somebody wants them. */
@Configuration(proxyBeanMethods = false)
@Import(TraceConfiguration.Parts.class)
class TraceConfiguration {

  /** Chosen when a server starts: a condition would be looked at when the jar is made (ADR 7). */
  static final class Parts implements BeanRegistrar {

    @Override
    public void register(BeanRegistry registry, Environment environment) {
      if (environment.containsProperty("aviary.traces.endpoint")) {
        registry.registerBean(PlannedIds.class);
        registry.registerBean(
            SdkTracerProvider.class, spec -> spec.supplier(TraceConfiguration::traces));
        registry.registerBean(
            ReleaseTraces.class, spec -> spec.supplier(TraceConfiguration::releaseTraces));
      }
    }
  }

  private static SdkTracerProvider traces(SupplierContext of) {
    var properties = of.bean(TraceProperties.class);
    var endpoint = Objects.requireNonNull(properties.endpoint(), "aviary.traces.endpoint");
    var exporter = OtlpHttpSpanExporter.builder().setEndpoint(endpoint.toString());
    properties.headers().forEach(exporter::addHeader);
    return provider(
        BatchSpanProcessor.builder(exporter.build()).build(), of.bean(PlannedIds.class));
  }

  static SdkTracerProvider provider(SpanProcessor processor, PlannedIds ids) {
    var name = Attributes.of(AttributeKey.stringKey("service.name"), "aviary");
    return SdkTracerProvider.builder()
        .setIdGenerator(ids)
        .setResource(Resource.getDefault().merge(Resource.create(name)))
        .addSpanProcessor(processor)
        .build();
  }

  private static ReleaseTraces releaseTraces(SupplierContext of) {
    return new ReleaseTraces(
        of.bean(SdkTracerProvider.class).get("io.aviary"),
        of.bean(PlannedIds.class),
        of.bean(Runs.class),
        of.bean(Deliveries.class));
  }
}
