package io.aviary.simulation;

/**
 * Names an object.
 *
 * @param namespace empty for kinds without one
 */
record ObjectKey(Kind kind, String namespace, String name) {}
