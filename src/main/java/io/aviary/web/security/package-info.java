/** Who somebody is and what they may do: one place decides, whichever way they came. */
@NullMarked
package io.aviary.web.security;

import org.jspecify.annotations.NullMarked;
