/** Tests of the words of a release. */
@NullMarked
package io.aviary.release;

import org.jspecify.annotations.NullMarked;
