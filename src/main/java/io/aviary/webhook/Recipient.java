package io.aviary.webhook;

import io.aviary.release.ApplicationProperties;
import org.jspecify.annotations.Nullable;

/**
 * An application that a delivery is for.
 *
 * @param secret which of its secrets matched, 0 the current one; null: decided without a request
 */
record Recipient(ApplicationProperties application, @Nullable Integer secret) {}
