/** What a step is: the contract between the engine and the step beans of the pipelines. */
@NullMarked
package io.aviary.release.step;

import org.jspecify.annotations.NullMarked;
