/** Fakes of steps. */
@NullMarked
package io.aviary.release.step;

import org.jspecify.annotations.NullMarked;
