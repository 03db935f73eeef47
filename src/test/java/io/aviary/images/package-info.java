/** Tests of builds and the registry, against fakes and against a real cluster. */
@NullMarked
package io.aviary.images;

import org.jspecify.annotations.NullMarked;
