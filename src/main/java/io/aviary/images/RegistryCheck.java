package io.aviary.images;

import io.aviary.release.Applications;
import io.aviary.release.AviaryProperties;
import io.aviary.release.ConnectionCheck;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Whether the registry answers and takes the credentials that the cluster keeps for it. Whether
 * they allow a push is known only to a push, which is none of a check's business.
 */
@Component
@Order(3)
class RegistryCheck implements ConnectionCheck {

  private static final String ANY_IMAGE = "aviary-check";

  private final Applications applications;
  private final Registries registries;
  private final AviaryProperties.Build build;

  RegistryCheck(Applications applications, Registries registries, AviaryProperties properties) {
    this.applications = applications;
    this.registries = registries;
    this.build = properties.build();
  }

  @Override
  public List<Finding> check() {
    var registry = build.registry();
    if (registry == null) {
      return List.of(Finding.unused("registry", "aviary.build.registry is not set"));
    }
    // Credentials are those of a namespace and a cluster.
    return applications.all().stream()
        .map(
            application -> {
              var subject = "registry for " + application.name();
              try {
                registries.requireCredentials(application);
                var _ =
                    registries
                        .registry(application)
                        .digest(ImageReference.of(registry, ANY_IMAGE, "latest"));
                return Finding.good(
                    subject,
                    registry
                        + " answers"
                        + (build.registrySecret() == null
                            ? ", without credentials"
                            : " with the credentials of Secret " + build.registrySecret()));
              } catch (RuntimeException e) {
                return Finding.bad(subject, String.valueOf(e.getMessage()));
              }
            })
        .toList();
  }
}
