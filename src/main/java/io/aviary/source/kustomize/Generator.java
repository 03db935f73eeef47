package io.aviary.source.kustomize;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes ConfigMaps and Secrets of literals and files. */
final class Generator {

  private final Session session;
  private final Paths paths;
  private final Block common;

  /**
   * @param common {@code generatorOptions}
   */
  Generator(Session session, Paths paths, Block common) {
    this.session = session;
    this.paths = paths;
    this.common = common;
  }

  /** An object that is added, or takes the place of one that is there. */
  void generate(String kind, Block block, List<Resource> resources) {
    var name = block.text("name");
    if (name.isEmpty()) {
      throw block.place("name").refusal("is missing: what is generated needs one");
    }
    var data = data(block);
    var content = new LinkedHashMap<String, @Nullable Object>();
    content.put("apiVersion", "v1");
    content.put("kind", kind);
    var metadata = new LinkedHashMap<String, @Nullable Object>();
    metadata.put("name", name);
    var namespace = block.text("namespace");
    if (!namespace.isEmpty()) {
      metadata.put("namespace", namespace);
    }
    content.put("metadata", metadata);
    if (kind.equals("Secret")) {
      var type = block.text("type");
      content.put("type", type.isEmpty() ? "Opaque" : type);
    }
    put(content, kind, data);
    var generated = new Resource(block.place("").file(), content);
    options(block.block("options"), generated);
    var behavior = block.text("behavior");
    var place = block.place("behavior");
    block.end();
    add(generated, behavior, place, resources);
  }

  private void options(Block own, Resource generated) {
    for (var key : List.of("labels", "annotations")) {
      var pairs = new LinkedHashMap<String, @Nullable Object>(common.pairs(key));
      pairs.putAll(own.pairs(key));
      if (!pairs.isEmpty()) {
        Fields.visit(generated.content(), "metadata", true, map -> map.put(key, pairs));
      }
    }
    if (isSet("immutable", own)) {
      generated.content().put("immutable", true);
    }
    if (!isSet("disableNameSuffixHash", own)) {
      generated.toBeHashed();
    }
    own.end();
  }

  /** Both are looked at: each is known then, and what is wrong with it is said. */
  private boolean isSet(String key, Block own) {
    var everywhere = common.flag(key);
    return own.flag(key) || everywhere;
  }

  private static void put(
      Map<String, @Nullable Object> content, String kind, Map<String, byte[]> data) {
    var texts = new TreeMap<String, @Nullable Object>();
    var binary = new TreeMap<String, @Nullable Object>();
    data.forEach(
        (key, bytes) -> {
          var text = kind.equals("Secret") ? null : text(bytes);
          if (text != null) {
            texts.put(key, text);
          } else if (kind.equals("Secret")) {
            texts.put(key, Base64.getEncoder().encodeToString(bytes));
          } else {
            binary.put(key, Base64.getEncoder().encodeToString(bytes));
          }
        });
    if (!texts.isEmpty()) {
      content.put("data", texts);
    }
    if (!binary.isEmpty()) {
      content.put("binaryData", binary);
    }
  }

  /** Null: it is no UTF-8. */
  private static @Nullable String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  // ---- what goes in

  private Map<String, byte[]> data(Block block) {
    var data = new TreeMap<String, byte[]>();
    var literals = block.texts("literals");
    for (var i = 0; i < literals.size(); i++) {
      var place = block.place("literals[" + i + "]");
      var equals = literals.get(i).indexOf('=');
      if (equals < 1) {
        throw place.refusal("must be key=value");
      }
      var value = unquoted(literals.get(i).substring(equals + 1));
      put(
          place,
          data,
          literals.get(i).substring(0, equals),
          value.getBytes(StandardCharsets.UTF_8));
    }
    var files = block.texts("files");
    for (var i = 0; i < files.size(); i++) {
      file(block.place("files[" + i + "]"), files.get(i), data);
    }
    var envs = block.texts("envs");
    for (var i = 0; i < envs.size(); i++) {
      env(block.place("envs[" + i + "]"), envs.get(i), data);
    }
    if (block.has("env")) {
      env(block.place("env"), block.text("env"), data);
    }
    return data;
  }

  private void file(Place place, String named, Map<String, byte[]> data) {
    var equals = named.indexOf('=');
    var path = named.substring(equals + 1);
    var key = equals < 0 ? path.substring(path.lastIndexOf('/') + 1) : named.substring(0, equals);
    if (key.isEmpty()) {
      throw place.refusal("must be a file, or key=file");
    }
    put(place, data, key, session.bytes(place, paths.file(place, path)));
  }

  private void env(Place place, String path, Map<String, byte[]> data) {
    var file = paths.file(place, path);
    var number = 0;
    for (var line : session.text(place, file).lines().toList()) {
      number++;
      var entry = line.stripLeading();
      if (entry.isEmpty() || entry.startsWith("#")) {
        continue;
      }
      var equals = entry.indexOf('=');
      if (equals < 1) {
        throw new Refusal(
            file,
            number,
            "",
            "must be KEY=value; a key alone would take its value from the environment, and there is"
                + " none here");
      }
      put(
          place,
          data,
          entry.substring(0, equals),
          entry.substring(equals + 1).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void put(Place place, Map<String, byte[]> data, String key, byte[] value) {
    if (!key.matches("[-._a-zA-Z0-9]{1,253}")) {
      throw place.refusal("'" + key + "' is no key: letters, digits, '-', '_' and '.' are allowed");
    }
    if (data.putIfAbsent(key, value) != null) {
      throw place.refusal("the key '" + key + "' is there twice");
    }
  }

  private static String unquoted(String value) {
    var last = value.length() - 1;
    return last > 0
            && value.charAt(0) == value.charAt(last)
            && (value.charAt(0) == '"' || value.charAt(0) == '\'')
        ? value.substring(1, last)
        : value;
  }

  // ---- where it goes

  private static void add(
      Resource generated, String behavior, Place place, List<Resource> resources) {
    var id = generated.id();
    var same = resources.stream().filter(resource -> resource.was(id)).toList();
    if (same.size() > 1) {
      throw place.refusal("is for more than one object: " + id.label());
    }
    switch (behavior) {
      case "", "create" -> {
        if (!same.isEmpty()) {
          throw place.refusal("must be merge or replace: there is a " + id.label() + " already");
        }
        resources.add(generated);
      }
      case "merge", "replace" -> {
        if (same.isEmpty()) {
          throw place.refusal("is " + behavior + ", but there is no " + id.label() + " here");
        }
        var old = same.getFirst();
        if (behavior.equals("merge")) {
          merge(old, generated, "data");
          merge(old, generated, "binaryData");
        }
        generated.succeed(old);
        resources.set(resources.indexOf(old), generated);
      }
      default -> throw place.refusal("must be create, merge or replace");
    }
  }

  private static void merge(Resource old, Resource generated, String key) {
    var merged = new TreeMap<String, @Nullable Object>();
    for (var one : List.of(old, generated)) {
      if (one.content().get(key) instanceof Map<?, ?> map) {
        merged.putAll(Json.map(map));
      }
    }
    if (!merged.isEmpty()) {
      generated.content().put(key, merged);
    }
  }
}
