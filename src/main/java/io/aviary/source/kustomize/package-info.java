/**
 * Kustomize folders of a commit, rendered without Kustomize: what is understood comes out as {@code
 * kustomize build} has it, and everything else is refused. Only files of the commit are read.
 */
@NullMarked
package io.aviary.source.kustomize;

import org.jspecify.annotations.NullMarked;
