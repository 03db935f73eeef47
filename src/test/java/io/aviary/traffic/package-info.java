/** Tests of shares of traffic, over a cluster in memory and over a real one. */
@NullMarked
package io.aviary.traffic;

import org.jspecify.annotations.NullMarked;
