/**
 * The canary and the production pipeline, each one file that reads like a list, and their steps.
 */
@NullMarked
package io.aviary.pipeline;

import org.jspecify.annotations.NullMarked;
