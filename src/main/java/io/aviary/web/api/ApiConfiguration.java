package io.aviary.web.api;

import io.aviary.release.PipelineName;
import io.aviary.web.security.Caller;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.boot.http.converter.autoconfigure.ServerHttpMessageConvertersCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.converter.Converter;
import org.springframework.format.FormatterRegistry;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How bodies are read, and what {@code /v3/api-docs} says about the REST interface. */
@Configuration(proxyBeanMethods = false)
class ApiConfiguration implements WebMvcConfigurer {

  private static final String PROBLEM = "Problem";

  static {
    SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class);
  }

  /** Parameters use the words of bodies. */
  @Override
  public void addFormatters(FormatterRegistry formatters) {
    formatters.addConverter(new PipelineWord());
  }

  /** Nothing given is no pipeline. */
  private static final class PipelineWord implements Converter<String, @Nullable PipelineName> {
    @Override
    public @Nullable PipelineName convert(String word) {
      return word.isEmpty() ? null : PipelineName.of(word);
    }
  }

  /** A key that nobody knows is a mistake: a misspelt revision must not release the head. */
  @Bean
  ServerHttpMessageConvertersCustomizer strictBodies(JsonMapper json) {
    var strict = json.rebuild().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    return converters -> converters.withJsonConverter(new JacksonJsonHttpMessageConverter(strict));
  }

  @Bean
  OpenApiCustomizer document() {
    return api -> {
      describe(api);
      api.getComponents()
          .addSecuritySchemes(
              "token", new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer"))
          .addSchemas(PROBLEM, problem());
      api.getPaths().values().stream()
          .flatMap(path -> path.readOperations().stream())
          .map(operation -> operation.getRequestBody())
          .filter(Objects::nonNull)
          .flatMap(body -> body.getContent().values().stream())
          .forEach(body -> strict(body.getSchema(), api.getComponents().getSchemas()));
    };
  }

  /** As {@link #strictBodies} reads them. */
  @SuppressWarnings("rawtypes") // as the library has it
  private static void strict(@Nullable Schema<?> schema, Map<String, Schema> all) {
    if (schema == null) {
      return;
    }
    if (schema.get$ref() != null) {
      strict(all.get(schema.get$ref().replaceFirst(".*/", "")), all);
    }
    strict(schema.getItems(), all);
    if (schema.getAnyOf() != null) {
      schema.getAnyOf().forEach(it -> strict(it, all));
    }
    if (schema.getProperties() != null && schema.getAdditionalProperties() == null) {
      schema.setAdditionalProperties(false);
      schema.getProperties().values().forEach(it -> strict(it, all));
    }
  }

  @Bean
  ModelConverter nullables() {
    return new Nullables();
  }

  private static void describe(OpenAPI api) {
    api.info(
            new Info()
                .title("Aviary")
                .version("1")
                .description(
                    "Canary releases on Kubernetes: runs, their steps, logs and events. Errors are"
                        + " application/problem+json."))
        .addSecurityItem(new SecurityRequirement().addList("token"));
  }

  private static Schema<?> problem() {
    return new ObjectSchema()
        .description("What went wrong, and what to do about it.")
        .addProperty("type", new StringSchema().format("uri-reference"))
        .addProperty("title", new StringSchema())
        .addProperty("status", new IntegerSchema())
        .addProperty("detail", new StringSchema())
        .addProperty("instance", new StringSchema().format("uri-reference"));
  }

  /** The errors that any handler may answer with. */
  @Bean
  OperationCustomizer errors() {
    return (operation, handler) -> {
      var answers = operation.getResponses();
      error(answers, "400", "A parameter or the body makes no sense; the detail names it.");
      error(answers, "401", "Neither a session nor a known bearer token.");
      error(answers, "403", "The role is too low.");
      error(answers, "404", "There is no such thing.");
      error(answers, "409", "It does not go with how things are; the detail says why.");
      error(answers, "429", "Too many requests from this address were refused; wait a minute.");
      if (!handler.hasMethodAnnotation(GetMapping.class)) {
        error(answers, "415", "The body is no JSON.");
        error(answers, "422", "It can be read and cannot be done; the detail says why.");
        error(answers, "502", "The repository could not be asked. Nothing was changed.");
      }
      error(answers, "500", "The server failed; the detail names the entry of its log.");
      return operation;
    };
  }

  static void error(
      io.swagger.v3.oas.models.responses.ApiResponses answers, String status, String what) {
    answers.addApiResponse(
        status,
        new ApiResponse()
            .description(what)
            .content(
                new Content()
                    .addMediaType(
                        org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                        new MediaType()
                            .schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM)))));
  }
}
