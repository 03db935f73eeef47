/** Tests of what speaks to Kubernetes: pure ones, and a contract that holds on a real cluster. */
@NullMarked
package io.aviary.kubernetes;

import org.jspecify.annotations.NullMarked;
