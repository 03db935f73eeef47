package io.aviary.ops;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.ApplicationListener;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.util.ClassUtils;

/**
 * Has a server that runs from its jar start with what Spring found out about its parts when the jar
 * was made, instead of finding it out once more at each start (ADR 7).
 *
 * <p>Which parts there are was decided then by Spring Boot's conditions, from the configuration in
 * the jar. Where one that could decide otherwise is set now, the server is put together as usual,
 * which takes longer. Nothing under {@code aviary} is such a condition.
 */
public final class PreparedStart
    implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

  private static final Logger log = LoggerFactory.getLogger(PreparedStart.class);

  /** What the conditions of Spring Boot and of the libraries look at. */
  private static final List<ConfigurationPropertyName> DECIDE =
      names("spring", "server", "management", "db-scheduler", "springdoc");

  /** What they do not look at; each is read by the part that it is for, when the server runs. */
  private static final List<ConfigurationPropertyName> DO_NOT =
      names(
          "spring.aot",
          "spring.application.name",
          "spring.application.pid",
          "spring.application.version",
          "spring.beaninfo",
          "spring.config",
          "spring.datasource.driver-class-name",
          "spring.datasource.hikari",
          "spring.datasource.password",
          "spring.datasource.url",
          "spring.datasource.username",
          "spring.lifecycle",
          "spring.main.banner-mode",
          "spring.main.keep-alive",
          "spring.main.log-startup-info",
          "spring.output",
          "server.address",
          "server.port",
          "server.ssl",
          "server.tomcat");

  private PreparedStart() {}

  /** The application, to be run from its main class. */
  static SpringApplication of(Class<?> application) {
    var spring = new SpringApplication(application);
    if (isPrepared(application)) {
      spring.addListeners(new PreparedStart());
    }
    return spring;
  }

  /** Runs the server. */
  public static void run(Class<?> application, String[] arguments) {
    of(application).run(arguments);
  }

  /** Only in the jar: classes in a folder may be newer than what was found out about them. */
  private static boolean isPrepared(Class<?> application) {
    var source = application.getProtectionDomain().getCodeSource();
    return source != null
        && !(source.getLocation().getProtocol().equals("file")
            && source.getLocation().getPath().endsWith("/"))
        && ClassUtils.isPresent(
            application.getName() + "__ApplicationContextInitializer",
            application.getClassLoader());
  }

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    if (SpringProperties.getProperty(AotDetector.AOT_ENABLED) != null) {
      return;
    }
    var other = deciding(event.getEnvironment());
    if (other.isEmpty()) {
      SpringProperties.setFlag(AotDetector.AOT_ENABLED);
    } else {
      log.info(
          "{} may change which parts the server has: they are looked for again, which makes this start longer",
          other.get());
    }
  }

  /** A key beside the jar's own that conditions look at. */
  static Optional<ConfigurationPropertyName> deciding(ConfigurableEnvironment environment) {
    var sources = ConfigurationPropertySources.get(environment);
    return StreamSupport.stream(sources.spliterator(), false)
        .filter(source -> !isOfTheJar(source))
        .flatMap(PreparedStart::names)
        .filter(name -> isBelow(name, DECIDE) && !isBelow(name, DO_NOT))
        .findFirst();
  }

  private static boolean isOfTheJar(ConfigurationPropertySource source) {
    return source.getUnderlyingSource() instanceof PropertySource<?> properties
        && properties.getName().startsWith("Config resource 'class path resource [");
  }

  private static Stream<ConfigurationPropertyName> names(ConfigurationPropertySource source) {
    return source instanceof IterableConfigurationPropertySource names
        ? names.stream()
        : Stream.empty();
  }

  private static boolean isBelow(
      ConfigurationPropertyName name, List<ConfigurationPropertyName> roots) {
    return roots.stream().anyMatch(root -> root.equals(name) || root.isAncestorOf(name));
  }

  private static List<ConfigurationPropertyName> names(String... names) {
    return Stream.of(names).map(ConfigurationPropertyName::of).toList();
  }
}
