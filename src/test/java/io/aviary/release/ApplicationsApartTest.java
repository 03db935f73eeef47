package io.aviary.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Applications are bound as Spring Boot binds them, in a time that grows with their number. */
class ApplicationsApartTest {

  private static final String TWO =
      """
      aviary:
        url: https://aviary.example.com
        applications:
          - name: birds
            repository: otomato/birds
            clone-url: ${GIT_ROOT}/birds.git
            kubeContext: there
            namespace: birds
            webhook-secrets: [current, previous]
            on-newer-commit: queue
            paths: a/**, b/**
            allow_kinds: [CronJob]
            release: {images: {app: {name: birds, args: {A: 1}}}, list: [{a: 1}, {b: [2, 3]}]}
          - {name: owls, repository: otomato/owls, namespace: owls, webhook-secrets: s}
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        TWO,
        "aviary: {applications: []}",
        "aviary: {applications: [{name: alone, repository: a/b, namespace: n, webhook-secrets: [s]}]}",
        "aviary: {url: 'http://a'}",
        "a: b",
        "aviary.applications: {1: {name: b}, 0: {name: a}}",
        "aviary.applications[1].name: a",
        "aviary.applications[0].name: a\naviary.applications[2].name: a",
        "aviary.applications: [{nothing: known}]",
        "aviary.applications: [{name: a}, {nothing: known}, {name: b}]",
        "aviary.applications: [{name: a, on-newer-commit: never}]",
        "aviary.applications: [{name: a, webhook-secrets: {b: c}}]",
        "aviary.applications: [{name: a, clone-url: '${NOWHERE}'}]",
        "aviary.applications: [a, b]",
        "aviary.applications: a"
      })
  void whatIsBoundAndSaidIsTheSame(String yaml) {
    var environment = environment(yaml);

    assertThat(apart(environment)).isEqualTo(together(environment));
  }

  @Test
  void theFirstSourceThatHasSomeHasAll() {
    var environment = environment(TWO);
    environment
        .getPropertySources()
        .addFirst(
            new SystemEnvironmentPropertySource(
                "systemEnvironment",
                Map.of(
                    "AVIARY_APPLICATIONS_0_NAME", "terns",
                    "AVIARY_APPLICATIONS_0_CLONE_URL", "http://git/terns",
                    "AVIARY_APPLICATIONS_0_KUBECONTEXT", "here",
                    "AVIARY_APPLICATIONS_0_WEBHOOKSECRETS_0", "s")));

    assertThat(apart(environment)).isEqualTo(together(environment)).contains("terns", "here");
  }

  @Test
  void anEmptyListHidesWhatComesBehind() {
    var environment = environment(TWO);
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource("arguments", Map.of("aviary.applications", "")));

    assertThat(apart(environment)).isEqualTo(together(environment)).doesNotContain("birds");
  }

  @Test
  void theNumberOfApplicationsDoesNotMultiplyTheWork() {
    assertThat(looksThroughAllNames(200)).isEqualTo(looksThroughAllNames(2));
  }

  private static int looksThroughAllNames(int applications) {
    var values = new LinkedHashMap<String, Object>();
    for (var i = 0; i < applications; i++) {
      values.put("aviary.applications[" + i + "].name", "a" + i);
      values.put("aviary.applications[" + i + "].webhook-secrets[0]", "s");
      values.put("aviary.applications[" + i + "].release.images.app.name", "n");
    }
    var looks = new AtomicInteger();
    var environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new EnumerablePropertySource<Map<String, Object>>("counted", values) {
              @Override
              public String[] getPropertyNames() {
                looks.incrementAndGet();
                return source.keySet().toArray(String[]::new);
              }

              @Override
              public @Nullable Object getProperty(String name) {
                return source.get(name);
              }
            });

    var bound = AviaryProperties.of(environment, BindHandler.DEFAULT);

    assertThat(bound).isNotNull();
    assertThat(bound.applications()).hasSize(applications);
    return looks.get();
  }

  @Test
  void aServerBindsThemSoAtItsStart() {
    try (var context = new AnnotationConfigApplicationContext()) {
      context.setEnvironment(environment(TWO));
      context.register(Server.class);
      context.refresh();

      assertThat(words(context.getBean(AviaryProperties.class)))
          .isEqualTo(together(context.getEnvironment()));
      assertThat(context.getBeanFactory().getSingletonNames()).contains("applicationsApart");
    }
  }

  @EnableConfigurationProperties(AviaryProperties.class)
  @Import(BindingConfiguration.class)
  static class Server {}

  // ---- both ways

  private static String apart(Environment environment) {
    try {
      return words(AviaryProperties.of(environment, BindHandler.DEFAULT));
    } catch (RuntimeException e) {
      return words(e);
    }
  }

  private static String together(Environment environment) {
    try {
      return words(
          Binder.get(environment).bindOrCreate("aviary", Bindable.of(AviaryProperties.class)));
    } catch (RuntimeException e) {
      return words(e);
    }
  }

  private static String words(RuntimeException e) {
    return e.getMessage() + ": " + NestedExceptionUtils.getMostSpecificCause(e);
  }

  /** All of it, where {@code toString} hides much. */
  private static String words(@Nullable AviaryProperties properties) {
    assertThat(properties).isNotNull();
    var text = new StringBuilder(properties.toString());
    for (var one : properties.applications()) {
      text.append('\n')
          .append(one)
          .append(one.cloneUrl())
          .append(one.kubeContext())
          .append(one.webhookSecrets())
          .append(one.onNewerCommit())
          .append(one.paths())
          .append(one.allowKinds())
          .append(one.release());
    }
    return text.toString();
  }

  private static StandardEnvironment environment(String yaml) {
    var environment = new StandardEnvironment();
    var sources = environment.getPropertySources();
    sources.addFirst(new MapPropertySource("roots", Map.of("GIT_ROOT", "http://git")));
    try {
      new YamlPropertySourceLoader()
          .load("application.yml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
          .forEach(sources::addFirst);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    ConfigurationPropertySources.attach(environment);
    return environment;
  }
}
