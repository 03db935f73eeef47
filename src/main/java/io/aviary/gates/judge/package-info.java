/**
 * Whether the recorded measurements of a gate speak for or against the canary: pure functions, so
 * that the same measurements can be judged again by another definition. docs/judging.md explains
 * the rules in words and shows how often they err.
 */
@NullMarked
package io.aviary.gates.judge;

import org.jspecify.annotations.NullMarked;
