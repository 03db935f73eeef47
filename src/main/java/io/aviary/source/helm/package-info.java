/** Charts rendered by Helm itself, in a process of its own. */
@NullMarked
package io.aviary.source.helm;

import org.jspecify.annotations.NullMarked;
