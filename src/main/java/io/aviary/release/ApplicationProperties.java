package io.aviary.release;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A repository, branch, namespace and cluster that Aviary releases to, as configured.
 *
 * @param name unique
 * @param repository {@code owner/name}
 * @param cloneUrl where git fetches from; null: {@code https://github.com/<repository>.git}
 * @param branch its commits are released
 * @param kubeContext null: the current one, or the cluster that the server runs in
 * @param namespace where production and its canary are
 * @param webhookSecrets the current one and, while it is being changed, the previous one
 * @param onNewerCommit what a newer commit does to a canary under way: it takes its place, or waits
 * @param paths globs; a push that touches none of them is not released; empty: every push is
 * @param allowKinds kinds that manifests may contain beside the usual namespaced ones
 * @param release the content of {@code aviary.yml}, where an operator owns it; empty: it is in the
 *     repository
 */
public record ApplicationProperties(
    @NotBlank String name,
    @NotBlank @Pattern(regexp = "[^/\\s]+/[^/\\s]+", message = "must be owner/name")
        String repository,
    @Nullable String cloneUrl,
    @DefaultValue("master") String branch,
    @Nullable String kubeContext,
    @NotBlank String namespace,
    @DefaultValue @NotEmpty List<@NotBlank String> webhookSecrets,
    @DefaultValue("supersede") NewerCommit onNewerCommit,
    @DefaultValue List<String> paths,
    @DefaultValue List<String> allowKinds,
    @DefaultValue Map<String, Object> release) {

  /** What a newer commit does to a canary under way. */
  public enum NewerCommit {
    SUPERSEDE,
    QUEUE
  }

  public ApplicationProperties {
    webhookSecrets = List.copyOf(webhookSecrets);
    paths = List.copyOf(paths);
    allowKinds = List.copyOf(allowKinds);
    release = Map.copyOf(release);
  }

  /** Where git fetches from. */
  public String effectiveCloneUrl() {
    return cloneUrl != null ? cloneUrl : "https://github.com/" + repository + ".git";
  }

  /** The same, released as its repository says. */
  public ApplicationProperties withoutRelease() {
    return new ApplicationProperties(
        name,
        repository,
        cloneUrl,
        branch,
        kubeContext,
        namespace,
        webhookSecrets,
        onNewerCommit,
        paths,
        allowKinds,
        Map.of());
  }

  @Override
  public String toString() {
    return "Application[name="
        + name
        + ", repository="
        + repository
        + ", branch="
        + branch
        + ", namespace="
        + namespace
        + "]";
  }
}
