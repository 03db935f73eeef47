/** The pages as people meet them. */
@NullMarked
package io.aviary.web.ui;

import org.jspecify.annotations.NullMarked;
