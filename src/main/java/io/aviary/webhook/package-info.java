/** A delivery comes in: verify, record, decide. */
@NullMarked
package io.aviary.webhook;

import org.jspecify.annotations.NullMarked;
