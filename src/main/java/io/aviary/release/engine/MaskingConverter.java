package io.aviary.release.engine;

import io.aviary.release.masking.Masking;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Lets no secret into a text that people read. What is read back is what was stored. */
@Component
@Converter
class MaskingConverter implements AttributeConverter<@Nullable String, @Nullable String> {

  private final Masking masking;

  MaskingConverter(Masking masking) {
    this.masking = masking;
  }

  @Override
  public @Nullable String convertToDatabaseColumn(@Nullable String text) {
    return masking.maskNullable(text);
  }

  @Override
  public @Nullable String convertToEntityAttribute(@Nullable String stored) {
    return stored;
  }
}
