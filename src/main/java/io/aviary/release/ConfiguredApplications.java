package io.aviary.release;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The applications of the configuration that the server was started with. */
@Component
class ConfiguredApplications implements Applications {

  private final List<ApplicationProperties> applications;

  ConfiguredApplications(AviaryProperties properties) {
    this.applications = properties.applications();
    var names = new HashSet<String>();
    for (var application : applications) {
      if (!names.add(application.name())) {
        throw new IllegalStateException(
            "aviary.applications names '" + application.name() + "' twice; names must be unique");
      }
    }
  }

  @Override
  public List<ApplicationProperties> all() {
    return applications;
  }

  @Override
  public Optional<ApplicationProperties> find(String name) {
    return applications.stream().filter(it -> it.name().equals(name)).findFirst();
  }

  @Override
  public List<ApplicationProperties> ofRepository(String repository) {
    return applications.stream()
        .filter(it -> it.repository().equalsIgnoreCase(repository))
        .toList();
  }
}
