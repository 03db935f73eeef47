/** What must hold while a canary gets its share: tests, metrics, comparison, approval. */
@NullMarked
package io.aviary.gates;

import org.jspecify.annotations.NullMarked;
