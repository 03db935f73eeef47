package io.aviary.release.masking;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;

/**
 * The secrets of the server's own configuration: whatever has the name of one, also of a key that
 * another package has added, and passwords inside of addresses.
 */
final class ConfiguredSecrets {

  /** An address with a password in it has the first, unless it comes with a placeholder. */
  private static final Pattern MAYBE_WITH_A_PASSWORD = Pattern.compile("@|\\$\\{");

  private static final Pattern PLACES = Pattern.compile("\\[\\d+]|_\\d+$");

  private ConfiguredSecrets() {}

  static Set<String> of(ConfigurableEnvironment environment) {
    var secrets = new LinkedHashSet<String>();
    for (var source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> enumerable) {
        for (var name : enumerable.getPropertyNames()) {
          if (mayBeSecret(name, enumerable.getProperty(name))) {
            read(environment, name, secrets);
          }
        }
      }
    }
    return secrets;
  }

  /** Most are not, of thousands of applications, and what an environment says takes its time. */
  private static boolean mayBeSecret(String name, @Nullable Object written) {
    return Masking.isNameOfASecret(lastWords(plain(name)))
        || (written != null && MAYBE_WITH_A_PASSWORD.matcher(written.toString()).find());
  }

  private static void read(ConfigurableEnvironment environment, String name, Set<String> secrets) {
    String value;
    try {
      value = environment.getProperty(name);
    } catch (IllegalArgumentException e) {
      // It refers to what is not set; whoever needs it says so.
      return;
    }
    if (value == null) {
      return;
    }
    // Also lists in one line.
    if (Masking.isNameOfASecret(lastWords(plain(name)))) {
      secrets.add(value);
      for (var part : value.split(",", -1)) {
        secrets.add(part.strip());
      }
    }
    password(value, secrets);
  }

  /** Of {@code webhook-secrets[0]}, {@code AVIARY_SECURITY_TOKENS_0_VALUE}. */
  private static String plain(String name) {
    return PLACES.matcher(name).replaceAll("");
  }

  /** {@code aviary.security.tokens[0].value} is a token's; its name and its role are none. */
  private static String lastWords(String name) {
    if (isOfNobody(name)) {
      return name;
    }
    var parts = name.split("[._](?=[^._]+$)", 2);
    var last = parts[parts.length - 1];
    return last.equalsIgnoreCase("value") ? parts[0] : last;
  }

  /** An environment variable that is no key of ours may be one of any program's. */
  private static boolean isOfNobody(String name) {
    return name.indexOf('.') < 0 && !name.toUpperCase(Locale.ROOT).startsWith("AVIARY_");
  }

  private static void password(String value, Set<String> secrets) {
    if (!value.contains("@") || !value.contains("://")) {
      return;
    }
    try {
      var user = URI.create(value.strip()).getUserInfo();
      if (user != null && user.indexOf(':') >= 0) {
        secrets.add(user.substring(user.indexOf(':') + 1));
      }
    } catch (IllegalArgumentException e) {
      // No address.
    }
  }
}
