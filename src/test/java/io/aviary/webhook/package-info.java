/** Deliveries, from the bytes of the request to the verdict on record. */
@NullMarked
package io.aviary.webhook;

import org.jspecify.annotations.NullMarked;
