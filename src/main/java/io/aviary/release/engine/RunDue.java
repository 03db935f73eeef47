package io.aviary.release.engine;

/** A run is to be looked at now. */
record RunDue(long run) {}
