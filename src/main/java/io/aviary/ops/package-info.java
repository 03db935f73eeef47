/** How the server does: metrics, health, traces, its configuration checked, and {@code --check}. */
@NullMarked
package io.aviary.ops;

import org.jspecify.annotations.NullMarked;
