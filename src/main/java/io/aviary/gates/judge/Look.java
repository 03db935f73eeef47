package io.aviary.gates.judge;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One look of a gate at one of its metrics. Looks follow each other by the metric's {@code every},
 * and their windows do not overlap. A look that failed is a look: record it with the reading that
 * says so.
 *
 * @param other of the baseline or of production; null where the metric compares with nobody
 */
public record Look(Instant at, Reading canary, @Nullable Reading other) {}
