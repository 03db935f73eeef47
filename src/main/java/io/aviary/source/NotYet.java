package io.aviary.source;

import io.aviary.release.definition.ProductionDefinition;
import io.aviary.release.definition.ReleaseDefinition;

/**
 * What {@code aviary.yml} may already say and this version of the server cannot do. The list
 * shrinks; with it this class goes.
 */
final class NotYet {

  private static final String LATER =
      " with a later version of Aviary; leave it out until this server has been upgraded";

  private NotYet() {}

  static void find(ReleaseDefinition definition, Lines lines, Findings findings) {
    switch (definition.production().manifests()) {
      case ProductionDefinition.Kustomize _ ->
          lines.add(findings, "production.manifests.kustomize", "comes" + LATER);
      case ProductionDefinition.Helm _, ProductionDefinition.Files _ -> {
        // These can be done.
      }
    }
  }
}
