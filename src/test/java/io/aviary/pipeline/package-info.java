/** The pipelines. */
@NullMarked
package io.aviary.pipeline;

import org.jspecify.annotations.NullMarked;
