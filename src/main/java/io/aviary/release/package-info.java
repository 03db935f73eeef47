/**
 * The words of a release, runs and steps, and the engine that advances them: the heart, which knows
 * no Kubernetes, GitHub or HTTP.
 */
@NullMarked
package io.aviary.release;

import org.jspecify.annotations.NullMarked;
