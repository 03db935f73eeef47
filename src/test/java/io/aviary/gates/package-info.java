/** Tests of gates, and what they and tests of other packages stand in for them with. */
@NullMarked
package io.aviary.gates;

import org.jspecify.annotations.NullMarked;
