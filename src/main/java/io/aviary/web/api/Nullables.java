package io.aviary.web.api;

import com.fasterxml.jackson.databind.JavaType;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.media.Schema;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Says of a record's parts which may be null, and which any JSON: the annotation belongs to the
 * type, where what describes the interface does not look.
 */
final class Nullables implements ModelConverter {

  private static final String REFERENCE = "#/components/schemas/";

  @Override
  @SuppressWarnings("rawtypes") // as the interface has it
  public @Nullable Schema resolve(
      AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
    if (!chain.hasNext()) {
      return null;
    }
    var schema = chain.next().resolve(type, context, chain);
    var raw = raw(type);
    if (schema == null || !raw.isRecord()) {
      return schema;
    }
    Schema<?> model =
        schema.get$ref() == null
            ? schema
            : context.getDefinedModels().get(schema.get$ref().substring(REFERENCE.length()));
    if (model != null && model.getProperties() != null) {
      for (var part : raw.getRecordComponents()) {
        if (part.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
          var _ =
              model
                  .getProperties()
                  .computeIfPresent(
                      part.getName(),
                      (name, it) -> JsonNode.class == part.getType() ? anything() : orNull(it));
        }
      }
    }
    return schema;
  }

  private static Class<?> raw(AnnotatedType type) {
    return type.getType() instanceof JavaType known
        ? known.getRawClass()
        : Json31.mapper().constructType(type.getType()).getRawClass();
  }

  /** Without a word on its type; null is JSON too. */
  private static Schema<?> anything() {
    return new Schema<>().description("any JSON");
  }

  /** The same again for what says so already. */
  private static Schema<?> orNull(Schema<?> schema) {
    if (schema.getAnyOf() != null) {
      return schema;
    }
    if (schema.get$ref() != null) {
      return new Schema<>()
          .anyOf(
              List.of(new Schema<>().$ref(schema.get$ref()), new Schema<>().types(Set.of("null"))));
    }
    var types = new LinkedHashSet<String>();
    if (schema.getTypes() != null) {
      types.addAll(schema.getTypes());
    } else if (schema.getType() != null) {
      types.add(schema.getType());
    }
    if (!types.isEmpty() && types.add("null")) {
      schema.setTypes(types);
      if (schema.getEnum() != null) {
        schema.addEnumItemObject(null);
      }
    }
    return schema;
  }
}
