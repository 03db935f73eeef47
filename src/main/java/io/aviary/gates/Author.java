package io.aviary.gates;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who made a change, by all the names that are known: git tells a name and an address that anybody
 * may choose, GitHub the account that pushed. Names of different systems are compared without case,
 * so two people of the same name are taken for one rather than one for two.
 */
public record Author(Set<String> names) {

  public static final Author UNKNOWN = new Author(Set.of());

  public Author {
    names = Set.copyOf(names);
  }

  /**
   * Collects the names.
   *
   * @param email {@code 123+login@users.noreply.github.com} tells the account, too
   * @param pusher the account that pushed the commit
   */
  public static Author of(@Nullable String name, @Nullable String email, @Nullable String pusher) {
    var names = new TreeSet<String>();
    add(names, name);
    add(names, pusher);
    add(names, email);
    if (email != null) {
      var account = email.replaceFirst("@.*$", "");
      add(names, account);
      add(names, account.replaceFirst("^[0-9]+\\+", ""));
    }
    return new Author(names);
  }

  private static void add(Collection<String> names, @Nullable String name) {
    if (name != null && !name.isBlank()) {
      names.add(folded(name));
    }
  }

  boolean is(String person) {
    return names.contains(folded(person));
  }

  private static String folded(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }
}
