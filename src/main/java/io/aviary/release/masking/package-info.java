/**
 * Secrets never appear: what is known to be one is replaced wherever something is written for
 * others to read.
 */
@NullMarked
package io.aviary.release.masking;

import org.jspecify.annotations.NullMarked;
