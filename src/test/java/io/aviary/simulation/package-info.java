/**
 * A Kubernetes cluster, an image registry and a GitHub inside the test's own process: what they
 * answer is as the real ones answer, what goes on in them is simulated.
 */
@NullMarked
package io.aviary.simulation;

import org.jspecify.annotations.NullMarked;
