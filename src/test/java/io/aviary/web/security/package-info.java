/** Who may do what. */
@NullMarked
package io.aviary.web.security;

import org.jspecify.annotations.NullMarked;
