package io.aviary.release;

/**
 * Published as a Spring application event once a change of a run has been committed, on the server
 * that made it. Listeners must be quick; they ask {@link Runs} for what they need, so that what
 * they see is never older than the event.
 */
public record RunChanged(long run, String application, boolean isFinal) {}
