@NullMarked
package io.aviary.ops;

import org.jspecify.annotations.NullMarked;
