/** The pages for people, rendered on the server and kept up to date while they are open. */
@NullMarked
package io.aviary.web.ui;

import org.jspecify.annotations.NullMarked;
