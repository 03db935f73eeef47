package io.aviary.notify;

import java.time.Instant;

/**
 * A notification that is due.
 *
 * @param occasion see {@link Event#key}
 */
record Due(long run, String target, String occasion, int attempts, Instant since) {}
