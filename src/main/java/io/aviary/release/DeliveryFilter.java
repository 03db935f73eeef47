package io.aviary.release;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which deliveries a list shows; null: any.
 *
 * @param verdict the delivery's, or, where an application is named, the latest of that application
 * @param within only deliveries that concern these applications and no others
 */
public record DeliveryFilter(
    @Nullable String application,
    DeliveryView.@Nullable Verdict verdict,
    @Nullable Set<String> within) {

  public DeliveryFilter {
    within = within == null ? null : Set.copyOf(within);
  }

  /** Of all applications, unless one is named. */
  public DeliveryFilter(@Nullable String application, DeliveryView.@Nullable Verdict verdict) {
    this(application, verdict, null);
  }

  /**
   * The same for somebody who may not see all.
   *
   * @param applications that they may see; null: all
   */
  public DeliveryFilter within(@Nullable Set<String> applications) {
    return new DeliveryFilter(application, verdict, applications);
  }

  public static final DeliveryFilter ALL = new DeliveryFilter(null, null);
}
