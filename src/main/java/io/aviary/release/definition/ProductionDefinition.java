package io.aviary.release.definition;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What production runs.
 *
 * @param service whose traffic is shared; null: the only Service that selects the Deployment
 * @param timeout of the roll-out
 */
public record ProductionDefinition(
    ManifestSource manifests, @Nullable String service, Duration timeout) {

  /** Where production's manifests come from. The type's name is part of what is recorded. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "from")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Files.class, name = "files"),
    @JsonSubTypes.Type(value = Helm.class, name = "helm"),
    @JsonSubTypes.Type(value = Kustomize.class, name = "kustomize")
  })
  public sealed interface ManifestSource {}

  /** Plain files of the commit. */
  public record Files(List<String> files) implements ManifestSource {
    public Files {
      files = List.copyOf(files);
    }
  }

  /** A chart of the commit, rendered with its values. */
  public record Helm(String chart, List<String> values) implements ManifestSource {
    public Helm {
      values = List.copyOf(values);
    }
  }

  /** A folder of the commit with a {@code kustomization.yaml}. */
  public record Kustomize(String folder) implements ManifestSource {}
}
