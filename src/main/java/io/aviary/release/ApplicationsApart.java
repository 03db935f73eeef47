package io.aviary.release;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Binds {@code aviary.applications} one by one, each from its own properties. Spring Boot's binder
 * looks through all properties of a source for each list of each application, which takes half a
 * minute where there are thousands of them. The outcome, and what is said of mistakes, is the same.
 *
 * <p>It is for one binding of {@link AviaryProperties}, by {@code bindOrCreate}: without anything
 * else that is configured, there is nothing for {@code bind} that they could be put into.
 */
final class ApplicationsApart extends AbstractBindHandler {

  private static final ConfigurationPropertyName ALL =
      ConfigurationPropertyName.of("aviary.applications");

  private static final Bindable<ApplicationProperties> ONE =
      Bindable.of(ApplicationProperties.class);

  private final BindHandler parent;
  private final Environment environment;
  private @Nullable List<ApplicationProperties> bound;

  /**
   * @param parent is asked about each of them, too
   */
  ApplicationsApart(BindHandler parent, Environment environment) {
    super(parent);
    this.parent = parent;
    this.environment = environment;
  }

  @Override
  public <T> @Nullable Bindable<T> onStart(
      ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
    if (name.equals(ALL)) {
      bound = bind(context);
      if (bound != null) {
        return null;
      }
    }
    return super.onStart(name, target, context);
  }

  @Override
  public @Nullable Object onSuccess(
      ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
    return super.onSuccess(name, target, context, together(result));
  }

  @Override
  public Object onCreate(
      ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
    return super.onCreate(name, target, context, together(result));
  }

  private Object together(Object result) {
    return bound != null && result instanceof AviaryProperties rest ? rest.with(bound) : result;
  }

  /** Null: they are none, or not one by one, which is quick in any case. */
  private @Nullable List<ApplicationProperties> bind(BindContext context) {
    for (var source : context.getSources()) {
      if (source.getConfigurationProperty(ALL) != null) {
        return null;
      }
      if (source instanceof IterableConfigurationPropertySource iterable) {
        var names = byIndex(iterable);
        if (!names.isEmpty()) {
          return bind(iterable, names);
        }
      }
    }
    return null;
  }

  private static Map<String, List<ConfigurationPropertyName>> byIndex(
      IterableConfigurationPropertySource source) {
    var at = ALL.getNumberOfElements();
    return source.stream()
        .filter(name -> ALL.isAncestorOf(name) && name.chop(at + 1).isLastElementIndexed())
        .collect(Collectors.groupingBy(name -> name.getElement(at, Form.UNIFORM)));
  }

  private List<ApplicationProperties> bind(
      IterableConfigurationPropertySource source,
      Map<String, List<ConfigurationPropertyName>> names) {
    var one = new Part(source);
    var binder =
        new Binder(List.of(one), new PropertySourcesPlaceholdersResolver(environment), null, null);
    var all = new ArrayList<ApplicationProperties>(names.size());
    while (true) {
      var index = Integer.toString(all.size());
      one.names = names.getOrDefault(index, List.of());
      var next =
          one.names.isEmpty()
              ? null
              : binder.bind(ALL.append("[" + index + "]"), ONE, parent).orElse(null);
      if (next == null) {
        requireNothingIn(names.values(), source);
        return all;
      }
      all.add(next);
      names.remove(index);
    }
  }

  /** Behind one that is missing, or of which nothing is known. */
  private static void requireNothingIn(
      Collection<List<ConfigurationPropertyName>> left,
      IterableConfigurationPropertySource source) {
    Set<ConfigurationProperty> unbound = new TreeSet<>();
    for (var names : left) {
      for (var name : names) {
        var property = source.getConfigurationProperty(name);
        if (property != null) {
          unbound.add(property);
        }
      }
    }
    if (!unbound.isEmpty()) {
      throw new UnboundConfigurationPropertiesException(unbound);
    }
  }

  /** Some names of a source. */
  private static final class Part implements IterableConfigurationPropertySource {
    private final ConfigurationPropertySource whole;
    private List<ConfigurationPropertyName> names = List.of();

    private Part(ConfigurationPropertySource whole) {
      this.whole = whole;
    }

    @Override
    public @Nullable ConfigurationProperty getConfigurationProperty(
        ConfigurationPropertyName name) {
      return whole.getConfigurationProperty(name);
    }

    @Override
    public ConfigurationPropertyState containsDescendantOf(ConfigurationPropertyName name) {
      return whole.containsDescendantOf(name);
    }

    @Override
    public Stream<ConfigurationPropertyName> stream() {
      return names.stream();
    }

    @Override
    public Iterator<ConfigurationPropertyName> iterator() {
      return names.iterator();
    }

    @Override
    public @Nullable Object getUnderlyingSource() {
      return whole.getUnderlyingSource();
    }
  }
}
