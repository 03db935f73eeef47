package io.aviary.ops;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Makes docs/configuration.md from the records that hold the configuration and what their Javadoc
 * says. As a program it writes the file.
 */
final class ConfigurationReference {

  static final Path FILE = Path.of("docs/configuration.md");

  private static final String HEAD =
      """
      # Configuration

      Made from the code by `ConfigurationReference`; `ConfigurationReferenceTest` fails where it is not up to date.

      Spring Boot reads these from `application.yml` beside the jar or in `config/`, from environment variables (`AVIARY_BUILD_REGISTRY`,
      `AVIARY_APPLICATIONS_0_WEBHOOKSECRETS_0`), from files of a mounted folder (`SPRING_CONFIG_IMPORT=configtree:/etc/secrets/`) and from the command line.
      `${NAME}` stands for an environment variable, or for a file of such a folder. A mistake keeps the server from starting, and all of them are said at once;
      `--check` says them, too, and tests every connection. Beside these, all of Spring Boot's own properties can be set, such as `spring.datasource.url`,
      `server.port` and `logging.structured.format.console`.

      | key | what | default | meaning |
      |---|---|---|---|
      | `aviary.kubeconfig` | a file | where kubectl looks, or the pod's service account | the clusters that `kube-context` names |
      """;

  private static final Pattern TAG = Pattern.compile("\\{@(?:code|link|literal) ([^}]*)}");

  private final StringBuilder text = new StringBuilder(HEAD);
  private final Map<String, String> sources = new HashMap<>();

  private ConfigurationReference() {}

  public static void main(String[] args) throws IOException {
    Files.writeString(FILE, text());
  }

  static String text() {
    var reference = new ConfigurationReference();
    new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.aviary").stream()
            .filter(type -> type.isAnnotatedWith(ConfigurationProperties.class))
            .map(JavaClass::reflect)
            .filter(Class::isRecord)
            .sorted(
                Comparator.comparing((Class<?> type) -> prefix(type))
                    .thenComparing(Class::getSimpleName))
            .forEach(type -> reference.add(prefix(type), type));
    return reference.text.toString();
  }

  private static String prefix(Class<?> type) {
    var properties = Objects.requireNonNull(type.getAnnotation(ConfigurationProperties.class));
    return properties.prefix().isEmpty() ? properties.value() : properties.prefix();
  }

  private void add(String prefix, Class<?> type) {
    var docs = parameters(type);
    var components = type.getRecordComponents();
    for (var i = 0; i < components.length; i++) {
      var component = components[i];
      var key = prefix + "." + ConfigurationKeys.kebab(component.getName());
      var element = element(component);
      if (component.getType().isRecord()) {
        add(key, component.getType());
      } else if (element != null && element.isRecord()) {
        row(key, "a list", "none", docs.getOrDefault(component.getName(), sentence(element)));
        add(key + "[]", element);
      } else {
        row(
            key,
            kind(component),
            standard(type, i, component),
            docs.getOrDefault(component.getName(), ""));
      }
    }
  }

  private void row(String key, String kind, String standard, String meaning) {
    text.append(
        "| `%s` | %s | %s | %s |%n".formatted(key, kind, standard, meaning.replace("|", "\\|")));
  }

  private static @Nullable Class<?> element(RecordComponent component) {
    return Collection.class.isAssignableFrom(component.getType())
            && argument(component.getGenericType()) instanceof Class<?> element
        ? element
        : null;
  }

  private static @Nullable Type argument(Type type) {
    return type instanceof ParameterizedType parameterized
        ? parameterized.getActualTypeArguments()[0]
        : null;
  }

  private static String kind(RecordComponent component) {
    var type = component.getType();
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(
              it ->
                  "`"
                      + ConfigurationKeys.kebab(
                          it.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                      + "`")
          .collect(Collectors.joining(", "));
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    if (Map.class.isAssignableFrom(type)) {
      return "keys and values";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "`true`, `false`";
    }
    if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
      return "a number";
    }
    if (type == Duration.class) {
      return "a duration";
    }
    if (type == URI.class) {
      return "a URL";
    }
    return type == Path.class ? "a path" : "a text";
  }

  private static String standard(Class<?> type, int index, RecordComponent component) {
    for (var constructor : type.getDeclaredConstructors()) {
      if (constructor.getParameterCount() == type.getRecordComponents().length) {
        var value = constructor.getParameters()[index].getAnnotation(DefaultValue.class);
        if (value != null && value.value().length > 0) {
          return "`" + String.join(", ", value.value()) + "`";
        }
        if (value != null) {
          return "none";
        }
      }
    }
    var optional =
        Arrays.stream(component.getAnnotatedType().getAnnotations())
            .anyMatch(it -> it.annotationType() == Nullable.class);
    return optional ? "–" : "needed";
  }

  // ---- what the Javadoc says

  /** The sentences behind {@code @param} in front of the record, by component. */
  private Map<String, String> parameters(Class<?> type) {
    var found = new HashMap<String, String>();
    for (var part : documentation(type).split("@param ", -1)) {
      var space = part.indexOf(' ');
      if (space > 0) {
        found.putIfAbsent(part.substring(0, space), plain(part.substring(space)));
      }
    }
    return found;
  }

  private String sentence(Class<?> type) {
    return plain(documentation(type).split("@param ", 2)[0].split("\\. ", 2)[0])
        .replaceFirst("\\.$", "");
  }

  /** The Javadoc in front of the record's declaration, in one line. */
  private String documentation(Class<?> type) {
    var outer = type;
    while (outer.getDeclaringClass() != null) {
      outer = outer.getDeclaringClass();
    }
    var source = sources.computeIfAbsent(outer.getName(), ConfigurationReference::source);
    var declared = source.indexOf("record " + type.getSimpleName() + "(");
    var end = source.lastIndexOf("*/", declared);
    var start = source.lastIndexOf("/**", end);
    if (declared < 0 || start < 0 || source.substring(end, declared).contains(";")) {
      return "";
    }
    return source
        .substring(start + 3, end)
        .lines()
        .map(line -> line.replaceFirst("^\\s*\\* ?", "").strip())
        .collect(Collectors.joining(" "));
  }

  private static String plain(String documentation) {
    var text =
        documentation.replaceAll("@(return|throws).*", "").replaceAll("<code>(.*?)</code>", "`$1`");
    return TAG.matcher(text)
        .replaceAll("`$1`")
        .replaceAll("\\s+", " ")
        .replaceAll("\\b[nN]ull:", "not set:")
        .strip();
  }

  private static String source(String className) {
    try {
      return Files.readString(Path.of("src/main/java", className.replace('.', '/') + ".java"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
