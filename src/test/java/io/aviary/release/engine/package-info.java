/** The engine on its own, with steps that do as they are told. */
@NullMarked
package io.aviary.release.engine;

import org.jspecify.annotations.NullMarked;
