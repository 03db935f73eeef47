/** Files of a commit, and {@code aviary.yml}: what a release is made from, checked. */
@NullMarked
package io.aviary.source;

import org.jspecify.annotations.NullMarked;
