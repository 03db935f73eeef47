/** The REST interface as programs meet it. */
@NullMarked
package io.aviary.web.api;

import org.jspecify.annotations.NullMarked;
