/**
 * Servers that die, hang and are cut off, at every boundary and at random: a release ends as if
 * nothing had been.
 */
@NullMarked
package io.aviary.faults;

import org.jspecify.annotations.NullMarked;
