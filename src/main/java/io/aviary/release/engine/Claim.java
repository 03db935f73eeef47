package io.aviary.release.engine;

/**
 * The right to change a run, for as long as nobody has a greater token.
 *
 * @param signals how many events had come in when the run was taken
 */
record Claim(long run, String application, long fence, long signals) {}
