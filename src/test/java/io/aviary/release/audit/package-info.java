/** Fakes of the audit. */
@NullMarked
package io.aviary.release.audit;

import org.jspecify.annotations.NullMarked;
