package io.aviary.release.engine;

/** The right to change a run, for as long as nobody has a greater token. */
record Claim(long run, String application, long fence) {}
