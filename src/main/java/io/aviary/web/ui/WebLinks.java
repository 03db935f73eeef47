package io.aviary.web.ui;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.AviaryProperties;
import java.net.URI;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Addresses of commits on GitHub's pages, for repositories that are there. */
@Component
class WebLinks {

  /** Where a GitHub Enterprise Server has its API below its pages. */
  private static final String ENTERPRISE = "/api/v3";

  /** Empty: what answers at the API's address has no pages that are known. */
  private final Optional<String> web;

  WebLinks(AviaryProperties properties) {
    this.web = pages(properties.github().apiUrl());
  }

  private static Optional<String> pages(URI api) {
    if ("api.github.com".equals(api.getHost())) {
      return Optional.of(api.getScheme() + "://github.com/");
    }
    var path = api.getPath().replaceFirst("/+$", "");
    return path.endsWith(ENTERPRISE)
        ? Optional.of(
            api.getScheme()
                + "://"
                + api.getAuthority()
                + path.substring(0, path.length() - ENTERPRISE.length())
                + "/")
        : Optional.empty();
  }

  Optional<String> commit(ApplicationProperties application, String revision) {
    return repository(application).map(it -> it + "/commit/" + revision);
  }

  Optional<String> compare(ApplicationProperties application, String from, String to) {
    return repository(application).map(it -> it + "/compare/" + from + "..." + to);
  }

  private Optional<String> repository(ApplicationProperties application) {
    var clone = application.cloneUrl();
    return web.filter(pages -> clone == null || clone.startsWith(pages))
        .map(pages -> pages + application.repository());
  }
}
