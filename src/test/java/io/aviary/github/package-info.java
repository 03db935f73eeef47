@NullMarked
package io.aviary.github;

import org.jspecify.annotations.NullMarked;
