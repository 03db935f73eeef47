package io.aviary.release.masking;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Replaces secrets by {@value #MASK}: as they are, base64 (wherever in a longer text they begin),
 * URL-encoded, as in JSON, and each line of one that has several. What is shorter than {@value
 * SecretForms#SHORTEST} characters cannot be told from an ordinary word and stays. Safe for use by
 * many threads.
 *
 * <p>It is asked where something is written, and not where it is read, so that no way of reading
 * can forget it.
 */
public final class Masking {

  public static final String MASK = "***";

  /** The beginning of a secret tells too much from this length on. */
  public static final int TELLING = 6;

  /** What goes by such a name is a secret, save {@link #ONLY_A_NAME}. */
  private static final Pattern NAME_OF_A_SECRET =
      Pattern.compile(
          "(?i).*(password|passwd|passphrase|secret|token|credential|private-?_?key|api-?_?key|auth$).*");

  /** The name of a Secret, the address of a token: where a secret is and not what it is. */
  private static final Pattern ONLY_A_NAME =
      Pattern.compile(
          "(?i).*(secret-?_?name|registry-?_?secret|-?_?(uri|url|file|path|name|id|ttl))$");

  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private volatile SecretPatterns patterns = new SecretPatterns(List.of());

  public Masking(Collection<String> secrets) {
    learn(secrets);
  }

  /** Whether what is configured or stored by this name is a secret. */
  public static boolean isNameOfASecret(String name) {
    return NAME_OF_A_SECRET.matcher(name).matches() && !ONLY_A_NAME.matcher(name).matches();
  }

  /** From now on these are secrets, until the process ends. */
  public void learn(Collection<String> secrets) {
    var news = false;
    for (var secret : secrets) {
      news |= known.add(secret);
    }
    if (news) {
      synchronized (this) {
        patterns = new SecretPatterns(known.stream().flatMap(SecretForms::of).distinct().toList());
      }
    }
  }

  /** From now on the secrets of a configuration are, too. */
  public void learn(ConfigurableEnvironment environment) {
    learn(ConfiguredSecrets.of(environment));
  }

  public String mask(String text) {
    return patterns.mask(text);
  }

  /** The same, where there may be no text. */
  public @Nullable String maskNullable(@Nullable String text) {
    return text == null ? null : mask(text);
  }

  /**
   * A text of which more is to come.
   *
   * @param shown what can be told whatever comes
   * @param held its end, which may be the beginning of a secret: to be put before what comes next
   */
  public record Open(String shown, String held) {}

  /** Masks a text that may end inside of a secret. */
  public Open maskOpen(String text) {
    return patterns.maskOpen(text);
  }

  /** Masks texts inside of lists and maps, such as those of parsed JSON; keys, too. */
  public @Nullable Object maskIn(@Nullable Object value) {
    return switch (value) {
      case String text -> mask(text);
      case Map<?, ?> map -> {
        var masked = new LinkedHashMap<String, @Nullable Object>();
        map.forEach((key, inner) -> masked.put(mask(String.valueOf(key)), maskIn(inner)));
        yield masked;
      }
      case Collection<?> list -> {
        var masked = new java.util.ArrayList<@Nullable Object>();
        list.forEach(inner -> masked.add(maskIn(inner)));
        yield masked;
      }
      case null, default -> value;
    };
  }
}
