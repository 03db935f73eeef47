/** The same rules on both databases. */
@NullMarked
package io.aviary.database;

import org.jspecify.annotations.NullMarked;
