/** The canary's share of production's traffic. */
@NullMarked
package io.aviary.traffic;

import org.jspecify.annotations.NullMarked;
