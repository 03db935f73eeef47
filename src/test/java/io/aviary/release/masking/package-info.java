@NullMarked
package io.aviary.release.masking;

import org.jspecify.annotations.NullMarked;
