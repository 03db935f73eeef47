package io.aviary.release;

import org.jspecify.annotations.Nullable;

/**
 * Which deliveries a list shows; null: any.
 *
 * @param verdict the delivery's, or, where an application is named, the latest of that application
 */
public record DeliveryFilter(@Nullable String application, DeliveryView.@Nullable Verdict verdict) {

  public static final DeliveryFilter ALL = new DeliveryFilter(null, null);
}
