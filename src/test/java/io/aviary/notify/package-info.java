@NullMarked
package io.aviary.notify;

import org.jspecify.annotations.NullMarked;
