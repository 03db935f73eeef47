package io.aviary.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * What is set beside the jar, and whether the parts that were found when it was made still hold.
 */
class PreparedStartTest {

  private final StandardEnvironment environment = new StandardEnvironment();

  @BeforeEach
  void onlyWhatATestSets() {
    environment.getPropertySources().remove("systemEnvironment");
    environment.getPropertySources().remove("systemProperties");
    ConfigurationPropertySources.attach(environment);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spring.mail.host",
        "spring.datasource.type",
        "spring.security.oauth2.client.registration.github.client-id",
        "spring.flyway.enabled",
        "server.forward-headers-strategy",
        "management.server.port",
        "management.endpoints.web.exposure.include",
        "db-scheduler.enabled",
        "springdoc.api-docs.enabled",
        "spring.application.admin.enabled"
      })
  void whatConditionsLookAtDecides(String key) {
    set("command line", key);

    assertThat(PreparedStart.deciding(environment)).contains(ConfigurationPropertyName.of(key));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aviary.github.token",
        "aviary.backup.folder",
        "spring.datasource.url",
        "spring.datasource.hikari.maximum-pool-size",
        "spring.config.additional-location",
        "server.port",
        "server.ssl.bundle",
        "logging.structured.format.console",
        "java.version"
      })
  void whatThePartsThemselvesReadDoesNot(String key) {
    set("command line", key);

    assertThat(PreparedStart.deciding(environment)).isEmpty();
  }

  @Test
  void anEnvironmentVariableIsTheSameKey() {
    environment
        .getPropertySources()
        .addFirst(
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                Map.of("SPRING_DATASOURCE_PASSWORD", "x", "SPRING_MAIL_HOST", "x")));

    assertThat(PreparedStart.deciding(environment).map(String::valueOf))
        .contains("spring.mail.host");
  }

  @Test
  void theJarsOwnConfigurationIsWhatItWasPreparedWith() {
    set(
        "Config resource 'class path resource [application.yml]' via location 'classpath:/'",
        "spring.threads.virtual.enabled");

    assertThat(PreparedStart.deciding(environment)).isEmpty();
  }

  @Test
  void aFileBesideTheJarIsNot() {
    set(
        "Config resource 'file [application.yml]' via location 'file:./'",
        "spring.threads.virtual.enabled");

    assertThat(PreparedStart.deciding(environment)).isPresent();
  }

  private void set(String source, String key) {
    environment.getPropertySources().addFirst(new MapPropertySource(source, Map.of(key, "x")));
  }
}
