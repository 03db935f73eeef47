/** The judge against published tables, brute force, scenarios, and simulated populations. */
@NullMarked
package io.aviary.gates.judge;

import org.jspecify.annotations.NullMarked;
