/** Git against repositories made by the tests; {@code aviary.yml} and manifests in tables. */
@NullMarked
package io.aviary.source;

import org.jspecify.annotations.NullMarked;
