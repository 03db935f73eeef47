/** What is reported to GitHub; listens, never blocks a run and never fails one. */
@NullMarked
package io.aviary.github;

import org.jspecify.annotations.NullMarked;
