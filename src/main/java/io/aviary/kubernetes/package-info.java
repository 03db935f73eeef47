/** The only user of the Kubernetes client: manifests, applying, roll-outs, pods, logs, watches. */
@NullMarked
package io.aviary.kubernetes;

import org.jspecify.annotations.NullMarked;
