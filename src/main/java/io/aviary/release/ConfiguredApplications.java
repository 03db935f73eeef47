package io.aviary.release;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The applications of the configuration as it is now. */
@Component
class ConfiguredApplications implements Applications {

  private final LiveConfiguration configuration;

  ConfiguredApplications(LiveConfiguration configuration) {
    this.configuration = configuration;
    var names = new HashSet<String>();
    for (var application : all()) {
      if (!names.add(application.name())) {
        throw new IllegalStateException(
            "aviary.applications names '" + application.name() + "' twice; names must be unique");
      }
    }
  }

  @Override
  public List<ApplicationProperties> all() {
    return configuration.current().applications();
  }

  @Override
  public Optional<ApplicationProperties> find(String name) {
    return all().stream().filter(it -> it.name().equals(name)).findFirst();
  }

  @Override
  public List<ApplicationProperties> ofRepository(String repository) {
    return all().stream().filter(it -> it.repository().equalsIgnoreCase(repository)).toList();
  }
}
