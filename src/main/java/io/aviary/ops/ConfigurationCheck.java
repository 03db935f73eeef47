package io.aviary.ops;

import io.aviary.release.AviaryProperties;
import jakarta.validation.Validation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.stereotype.Component;

/**
 * Looks at all that is configured under {@code aviary} before anything is made from it, so that
 * every mistake is said at once: wrong types, missing values, keys that nobody knows, and what does
 * not fit together.
 */
@Component
class ConfigurationCheck implements BeanFactoryPostProcessor, EnvironmentAware {

  private static final String ROOT = "aviary";
  private static final ConfigurationPropertyName ROOT_NAME = ConfigurationPropertyName.of(ROOT);

  private @Nullable Environment environment;

  @Override
  public void setEnvironment(Environment environment) {
    this.environment = environment;
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    var mistakes = mistakes(Objects.requireNonNull(environment), records(beans));
    if (!mistakes.isEmpty()) {
      throw new ConfigurationMistakesException(mistakes);
    }
  }

  /** A record of configuration and where it is bound. */
  record Bound(String prefix, Class<?> type) {}

  static List<Bound> records(ConfigurableListableBeanFactory beans) {
    var found = new ArrayList<Bound>();
    for (var name : beans.getBeanNamesForAnnotation(ConfigurationProperties.class)) {
      var type = beans.getType(name, false);
      var properties =
          type == null
              ? null
              : AnnotatedElementUtils.findMergedAnnotation(type, ConfigurationProperties.class);
      if (type != null && properties != null) {
        var prefix = properties.prefix();
        if (prefix.equals(ROOT) || prefix.startsWith(ROOT + ".")) {
          found.add(new Bound(prefix, type));
        }
      }
    }
    return found;
  }

  static List<String> mistakes(Environment environment, List<Bound> records) {
    var mistakes = new ArrayList<String>();
    mistakes.addAll(unknown(environment, records));
    mistakes.addAll(unresolved(environment));
    try (var validators = Validation.buildDefaultValidatorFactory()) {
      for (var bound : records) {
        var failures = new Failures();
        var object = bound(environment, bound, failures);
        mistakes.addAll(failures.mistakes);
        if (object == null) {
          continue;
        }
        validators.getValidator().validate(object).stream()
            .map(
                it ->
                    bound.prefix()
                        + "."
                        + ConfigurationKeys.kebabPath(
                            it.getPropertyPath().toString().replaceAll("\\.<list element>", ""))
                        + " "
                        + it.getMessage())
            .sorted()
            .forEach(mistakes::add);
        if (object instanceof AviaryProperties properties) {
          ConfigurationRules.broken(properties, environment).stream()
              // What could not be bound is missing only for that reason.
              .filter(
                  it ->
                      failures.names.stream()
                          .noneMatch(name -> it.startsWith(name + " is missing")))
              .forEach(mistakes::add);
        }
      }
    }
    return mistakes.stream().distinct().toList();
  }

  private static @Nullable Object bound(
      Environment environment, Bound bound, BindHandler failures) {
    return bound.type() == AviaryProperties.class
        ? AviaryProperties.of(environment, failures)
        : Binder.get(environment)
            .bind(bound.prefix(), Bindable.of(bound.type()), failures)
            .orElse(null);
  }

  /** What cannot be bound is noted and left out, so that the rest is looked at, too. */
  private static final class Failures extends AbstractBindHandler {
    private final List<String> mistakes = new ArrayList<>();
    private final List<ConfigurationPropertyName> names = new ArrayList<>();

    @Override
    public @Nullable Object onFailure(
        ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error) {
      // That its parent cannot be made either is no news.
      if (names.stream().noneMatch(known -> name.equals(known) || name.isAncestorOf(known))) {
        names.add(name);
        mistakes.add(name + " " + words(target, error));
      }
      return null;
    }

    private static String words(Bindable<?> target, Exception error) {
      var type = target.getType().resolve(Object.class);
      if (type.isEnum()) {
        var words = new TreeSet<String>();
        for (var constant : type.getEnumConstants()) {
          words.add(
              ConfigurationKeys.kebab(String.valueOf(constant).toLowerCase(java.util.Locale.ROOT)));
        }
        return "must be one of " + String.join(", ", words);
      }
      var cause = NestedExceptionUtils.getMostSpecificCause(error);
      var why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
      return "is no " + type.getSimpleName().toLowerCase(java.util.Locale.ROOT) + ": " + why;
    }
  }

  // ---- keys that nobody knows

  private static List<String> unknown(Environment environment, List<Bound> records) {
    var keys = new ConfigurationKeys();
    records.forEach(bound -> keys.add(bound.prefix(), bound.type()));
    keys.addKey("aviary.kubeconfig");
    var mistakes = new TreeSet<String>();
    for (var source : ConfigurationPropertySources.get(environment)) {
      if (!(source instanceof IterableConfigurationPropertySource iterable)
          || isOfTheSystem(source.getUnderlyingSource())) {
        continue;
      }
      iterable.stream()
          .filter(ROOT_NAME::isAncestorOf)
          .map(ConfigurationPropertyName::toString)
          .filter(name -> !keys.has(name))
          .forEach(
              name ->
                  mistakes.add(
                      name
                          + " is not a key that Aviary knows"
                          + keys.nearest(name)
                              .map(near -> "; did you mean " + near + "?")
                              .orElse("")));
    }
    return List.copyOf(mistakes);
  }

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}:]+)}");

  /** A secret that is to come from elsewhere and is not there would be taken by its placeholder. */
  private static List<String> unresolved(Environment environment) {
    var mistakes = new TreeSet<String>();
    for (var source : ConfigurationPropertySources.get(environment)) {
      if (source instanceof IterableConfigurationPropertySource iterable) {
        iterable.stream()
            .filter(ROOT_NAME::isAncestorOf)
            .forEach(
                name -> {
                  var property = source.getConfigurationProperty(name);
                  var value = property == null ? "" : String.valueOf(property.getValue());
                  var missing = PLACEHOLDER.matcher(environment.resolvePlaceholders(value));
                  if (missing.find()) {
                    mistakes.add(
                        name
                            + " wants "
                            + missing.group(1)
                            + ", which is set nowhere: set that"
                            + " environment variable or property");
                  }
                });
      }
    }
    return List.copyOf(mistakes);
  }

  /** Other programs' variables may begin with our name. */
  private static boolean isOfTheSystem(@Nullable Object source) {
    return source instanceof SystemEnvironmentPropertySource
        || (source instanceof PropertySource<?> named
            && named.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME));
  }
}
