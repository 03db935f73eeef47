/** The command line, run as people run it. */
@NullMarked
package io.aviary.cli;

import org.jspecify.annotations.NullMarked;
