/** The engine behind {@link io.aviary.release.Releases}: hidden from all other packages. */
@NullMarked
package io.aviary.release.engine;

import org.jspecify.annotations.NullMarked;
