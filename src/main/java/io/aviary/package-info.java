/** The server's start. */
@NullMarked
package io.aviary;

import org.jspecify.annotations.NullMarked;
