package io.aviary.kubernetes;

import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Manifests of tests, as people write them. */
final class Yaml {

  private Yaml() {}

  static List<KubeObject> objects(String yaml) {
    var documents = new Load(LoadSettings.builder().build()).loadAllFromString(yaml);
    return StreamSupport.stream(documents.spliterator(), false).map(Yaml::object).toList();
  }

  static KubeObject object(String yaml) {
    return objects(yaml).getFirst();
  }

  static Map<String, Object> map(String yaml) {
    return object(yaml).content();
  }

  private static KubeObject object(Object document) {
    return new KubeObject(Json.copy((Map<?, ?>) document));
  }
}
