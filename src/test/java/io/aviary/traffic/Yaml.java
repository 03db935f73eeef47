package io.aviary.traffic;

import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Manifests of tests, as people write them. */
final class Yaml {

  private Yaml() {}

  /** Copies that may be changed. */
  static List<Map<String, Object>> objects(String yaml) {
    var documents = new Load(LoadSettings.builder().build()).loadAllFromString(yaml);
    return StreamSupport.stream(documents.spliterator(), false)
        .map(document -> Fields.copy(Fields.map(document)))
        .toList();
  }
}
