package io.aviary.ops;

import io.aviary.release.AviaryProperties;
import io.aviary.release.ConfiguredPassword;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** What must hold between the values of the configuration, beyond the type of each. */
final class ConfigurationRules {

  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern REGISTRY = Pattern.compile("[^\\s/]+(/[^\\s/]+)*");
  private static final int SHORTEST_TOKEN = 16;

  private final List<String> mistakes = new ArrayList<>();

  private ConfigurationRules() {}

  static List<String> broken(AviaryProperties properties, Environment environment) {
    var rules = new ConfigurationRules();
    rules.server(properties, environment);
    rules.applications(properties);
    rules.people(properties.security());
    return rules.mistakes;
  }

  private void server(AviaryProperties properties, Environment environment) {
    web("aviary.url", properties.url());
    web("aviary.github.api-url", properties.github().apiUrl());
    web("aviary.prometheus.url", properties.prometheus().url());
    var build = properties.build();
    var registry = build.registry();
    if (registry == null || registry.isBlank()) {
      if (!properties.applications().isEmpty()) {
        mistakes.add(
            "aviary.build.registry is missing: say where images are pushed, as host[:port][/path]");
      }
    } else if (registry.contains("://") || !REGISTRY.matcher(registry).matches()) {
      mistakes.add(
          "aviary.build.registry is '"
              + registry
              + "'; it must be host[:port][/path], without https://");
    }
    namespace("aviary.build.namespace", build.namespace());
    var kubeconfig = environment.getProperty("aviary.kubeconfig");
    if (kubeconfig != null && !Files.isReadable(Path.of(kubeconfig))) {
      var why = Files.exists(Path.of(kubeconfig)) ? "cannot be read by this user" : "is not there";
      mistakes.add("aviary.kubeconfig names " + kubeconfig + ", which " + why);
    }
  }

  private void web(String key, @Nullable URI uri) {
    if (uri != null
        && (!List.of("http", "https").contains(String.valueOf(uri.getScheme()))
            || uri.getHost() == null)) {
      mistakes.add(key + " is '" + uri + "'; it must begin with http:// or https:// and a host");
    }
  }

  private void namespace(String key, @Nullable String namespace) {
    if (namespace != null && !namespace.isBlank() && !NAMESPACE.matcher(namespace).matches()) {
      mistakes.add(
          key
              + " is '"
              + namespace
              + "', which is no name of a namespace: at most 63 lower-case letters, digits and - inside");
    }
  }

  private void applications(AviaryProperties properties) {
    var applications = properties.applications();
    for (var i = 0; i < applications.size(); i++) {
      var application = applications.get(i);
      var key = "aviary.applications[" + i + "]";
      namespace(key + ".namespace", application.namespace());
      if (application.branch().isBlank() || application.branch().startsWith("refs/")) {
        mistakes.add(
            key
                + ".branch is '"
                + application.branch()
                + "'; write the branch's name alone, as in master");
      }
      var build = properties.build().namespace();
      if (build != null && build.equals(application.namespace())) {
        mistakes.add(
            key
                + ".namespace is "
                + build
                + ", where builds run (aviary.build.namespace): keep them apart, or leave aviary.build.namespace out");
      }
    }
    twice("aviary.applications", "name", applications, it -> it.name());
  }

  private void people(AviaryProperties.Security security) {
    var tokens = security.tokens();
    twice("aviary.security.tokens", "name", tokens, it -> it.name());
    for (var i = 0; i < tokens.size(); i++) {
      var key = "aviary.security.tokens[" + i + "]";
      role(key, tokens.get(i).role());
      var value = tokens.get(i).value();
      if (value != null && !value.isBlank() && value.length() < SHORTEST_TOKEN) {
        mistakes.add(
            key
                + ".value has "
                + value.length()
                + " characters; a token needs at least "
                + SHORTEST_TOKEN
                + ", made at random");
      }
      for (var j = 0; j < i; j++) {
        if (value != null && value.equals(tokens.get(j).value())) {
          mistakes.add(key + ".value is that of tokens[" + j + "], too; each token needs its own");
        }
      }
    }
    var users = security.users();
    twice("aviary.security.users", "name", users, it -> it.name());
    for (var i = 0; i < users.size(); i++) {
      var key = "aviary.security.users[" + i + "]";
      role(key, users.get(i).role());
      var password = users.get(i).password();
      if (password != null && !password.isBlank()) {
        ConfiguredPassword.mistake(password)
            .ifPresent(mistake -> mistakes.add(key + ".password " + mistake));
      }
    }
  }

  private void role(String key, @Nullable Object role) {
    if (role == null) {
      mistakes.add(key + ".role is missing; it is viewer, operator or admin");
    }
  }

  private <T> void twice(String key, String what, List<T> all, Function<T, @Nullable String> by) {
    var seen = new TreeMap<String, Integer>();
    for (var i = 0; i < all.size(); i++) {
      var name = by.apply(all.get(i));
      if (name == null || name.isBlank()) {
        continue;
      }
      var before = seen.putIfAbsent(name, i);
      if (before != null) {
        mistakes.add(
            "%s[%d].%s is '%s', as is that of [%d]; names must be unique"
                .formatted(key, i, what, name, before));
      }
    }
  }
}
