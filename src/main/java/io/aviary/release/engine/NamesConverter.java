package io.aviary.release.engine;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import java.util.List;

/** Names of steps in one column. Names contain no line breaks. */
@Converter
class NamesConverter implements AttributeConverter<List<String>, String> {

  @Override
  public String convertToDatabaseColumn(List<String> names) {
    return String.join("\n", names);
  }

  @Override
  public List<String> convertToEntityAttribute(String column) {
    return column.isEmpty() ? List.of() : List.of(column.split("\n", -1));
  }
}
