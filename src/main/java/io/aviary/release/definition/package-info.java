/**
 * What a repository's {@code aviary.yml} says, as values: checked by {@code source}, read by
 * everyone.
 */
@NullMarked
package io.aviary.release.definition;

import org.jspecify.annotations.NullMarked;
