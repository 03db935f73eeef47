/** How charts are rendered. */
@NullMarked
package io.aviary.source.helm;

import org.jspecify.annotations.NullMarked;
