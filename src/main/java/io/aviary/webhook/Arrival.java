package io.aviary.webhook;

import java.util.List;

/**
 * A delivery whose sender waits for an answer.
 *
 * @param recipients not empty; each only once
 */
record Arrival(Delivery delivery, StoredBody body, List<Recipient> recipients) {}
