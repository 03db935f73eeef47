/** Who did what, or was refused it, for good. */
@NullMarked
package io.aviary.release.audit;

import org.jspecify.annotations.NullMarked;
