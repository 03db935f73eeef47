package io.aviary.webhook;

import org.jspecify.annotations.Nullable;

/**
 * The few things that are read of a payload.
 *
 * @param repository {@code owner/name}; null only where the event is no push
 * @param push null: the event is another one
 */
record Payload(
    @Nullable String action,
    @Nullable String repository,
    @Nullable String sender,
    @Nullable Push push) {}
