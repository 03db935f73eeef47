/** The REST interface: JSON in and out, errors as problems, changes as server-sent events. */
@NullMarked
package io.aviary.web.api;

import org.jspecify.annotations.NullMarked;
