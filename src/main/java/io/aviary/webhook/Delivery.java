package io.aviary.webhook;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What came in, or was found to have been missed: everything that is decided by, in texts that each
 * database can hold.
 *
 * @param push null: the event is another one
 * @param size of the body in bytes
 * @param address null: no request
 */
record Delivery(
    String id,
    String event,
    @Nullable String action,
    @Nullable String repository,
    @Nullable String sender,
    @Nullable Push push,
    Instant receivedAt,
    long size,
    @Nullable String address) {

  static final String PUSH = "push";
  static final String PING = "ping";
}
