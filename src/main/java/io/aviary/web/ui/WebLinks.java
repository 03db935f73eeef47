package io.aviary.web.ui;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.AviaryProperties;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Addresses of commits on GitHub's pages, for repositories that are there. */
@Component
class WebLinks {

  private final String web;

  WebLinks(AviaryProperties properties) {
    var api = properties.github().apiUrl();
    var host = "api.github.com".equals(api.getHost()) ? "github.com" : api.getAuthority();
    this.web = api.getScheme() + "://" + host + "/";
  }

  Optional<String> commit(ApplicationProperties application, String revision) {
    return repository(application).map(it -> it + "/commit/" + revision);
  }

  Optional<String> compare(ApplicationProperties application, String from, String to) {
    return repository(application).map(it -> it + "/compare/" + from + "..." + to);
  }

  private Optional<String> repository(ApplicationProperties application) {
    var clone = application.cloneUrl();
    return clone == null || clone.startsWith(web)
        ? Optional.of(web + application.repository())
        : Optional.empty();
  }
}
