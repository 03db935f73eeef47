/** Aviary with everything around it, for a first look: {@code ./mvnw spring-boot:test-run}. */
@NullMarked
package io.aviary.tryout;

import org.jspecify.annotations.NullMarked;
