package io.aviary.source;

import io.aviary.release.Applications;
import io.aviary.release.ConnectionCheck;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Whether git hands out the branch of each application. */
@Component
@Order(4)
class GitCheck implements ConnectionCheck {

  private final Applications applications;
  private final Sources sources;

  GitCheck(Applications applications, Sources sources) {
    this.applications = applications;
    this.sources = sources;
  }

  @Override
  public List<Finding> check() {
    return applications.all().stream()
        .map(
            application -> {
              var subject = "git of " + application.name();
              try {
                var head = sources.head(application);
                return Finding.good(
                    subject, application.branch() + " is at " + head.substring(0, 7));
              } catch (SourceException e) {
                return Finding.bad(subject, String.valueOf(e.getMessage()));
              }
            })
        .toList();
  }
}
