/**
 * Checks of the house itself: layout of the code, arrows between packages, documents that must stay
 * true.
 */
@NullMarked
package io.aviary.house;

import org.jspecify.annotations.NullMarked;
