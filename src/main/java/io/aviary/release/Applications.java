package io.aviary.release;

import java.util.List;
import java.util.Optional;

/** The applications that are configured now. Safe for use by many threads. */
public interface Applications {

  /** In the order of the configuration. */
  List<ApplicationProperties> all();

  Optional<ApplicationProperties> find(String name);

  /** Those of one repository; GitHub's owner and name are compared without regard to case. */
  List<ApplicationProperties> ofRepository(String repository);
}
