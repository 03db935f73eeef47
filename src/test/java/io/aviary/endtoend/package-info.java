/** What a user relies on, from a signed push to pods: one suite, run on each kind of cluster. */
@NullMarked
package io.aviary.endtoend;

import org.jspecify.annotations.NullMarked;
