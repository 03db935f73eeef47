package io.aviary.release;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A step as it is now; the form in which REST answers with it.
 *
 * @param kind the step bean's name
 * @param subject an image's key or a gate's name
 * @param undo a rollback branch
 * @param attempts how often it was begun or tried again after a fault
 * @param outputs what it remembers and hands on, as JSON
 * @param awaits PERSON or TIME: what it waits for; null: neither
 * @param takenFrom the run whose result it took over; null: it did its own work
 */
public record StepView(
    String name,
    StepStatus status,
    @Nullable String reason,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    int attempts,
    Map<String, Object> outputs,
    String kind,
    String subject,
    boolean undo,
    @Nullable String awaits,
    @Nullable Long takenFrom) {}
