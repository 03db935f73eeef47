package io.aviary.images;

import io.aviary.kubernetes.Clusters;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.AviaryProperties;
import io.aviary.release.Placeholders;
import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.step.RunFacts;
import java.net.http.HttpClient;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The configured registry, with the credentials that the cluster keeps for it. */
@Component
class Registries {

  private final AviaryProperties.Build build;
  private final Clusters clusters;
  private final HttpClient http = Registry.client();

  Registries(AviaryProperties properties, Clusters clusters) {
    this.build = properties.build();
    this.clusters = clusters;
  }

  /** The registry as this application's builds see it. */
  Registry registry(ApplicationProperties application) {
    return new Registry(http, build.insecureRegistry(), () -> credentials(application));
  }

  /** Where this application's builds run. */
  String namespace(ApplicationProperties application) {
    var configured = build.namespace();
    return configured == null ? application.namespace() : configured;
  }

  /**
   * Where the image of this run belongs.
   *
   * @throws IllegalArgumentException if no registry is configured, or one of the parts is no valid
   *     one; the message says which
   */
  ImageReference reference(RunFacts run, ImageDefinition image) {
    var registry = build.registry();
    if (registry == null || registry.isBlank()) {
      throw new IllegalArgumentException(
          "no registry is configured: set aviary.build.registry to where images are pushed");
    }
    var tag = new Placeholders(run.revision(), run.branch(), run.id()).replaceIn(image.tag());
    return ImageReference.of(registry, image.name(), tag);
  }

  /**
   * Makes sure that the credentials which are configured are there: a pod that mounts a Secret that
   * is not there waits for it without a word.
   *
   * @throws RegistryException a rejection, if they are not
   */
  void requireCredentials(ApplicationProperties application) {
    credentials(application);
  }

  private DockerConfig credentials(ApplicationProperties application) {
    var name = build.registrySecret();
    if (name == null) {
      return DockerConfig.empty();
    }
    var namespace = namespace(application);
    return clusters
        .cluster(application.kubeContext())
        .secret(namespace, name)
        .map(values -> parse(namespace, name, values))
        .orElseThrow(
            () ->
                RegistryException.misconfigured(
                    "there is no Secret %s in namespace %s: create it, or change aviary.build.registry-secret"
                        .formatted(name, namespace)));
  }

  private static DockerConfig parse(String namespace, String name, Map<String, String> values) {
    try {
      return DockerConfig.parse(values.getOrDefault(DockerConfig.SECRET_KEY, ""));
    } catch (IllegalArgumentException e) {
      throw RegistryException.misconfigured(
          "the Secret %s in namespace %s is no kubernetes.io/dockerconfigjson: %s"
              .formatted(name, namespace, e.getMessage()));
    }
  }
}
