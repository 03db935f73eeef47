/**
 * Images from a commit, each ending in a digest: built in the cluster, or awaited from elsewhere.
 */
@NullMarked
package io.aviary.images;

import org.jspecify.annotations.NullMarked;
