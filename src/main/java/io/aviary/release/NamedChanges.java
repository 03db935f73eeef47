package io.aviary.release;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

/** What has become of a list of things that have names, said without what is in them. */
public final class NamedChanges {

  private NamedChanges() {}

  /**
   * As in "token ci added", those that are gone last.
   *
   * @param what they are
   */
  public static <T> List<String> between(
      String what, List<T> before, List<T> after, Function<T, String> name) {
    var words = new ArrayList<String>();
    var old = new TreeMap<String, T>();
    before.forEach(it -> old.put(name.apply(it), it));
    for (var now : after) {
      var then = old.remove(name.apply(now));
      if (then == null) {
        words.add(what + " " + name.apply(now) + " added");
      } else if (!then.equals(now)) {
        words.add(what + " " + name.apply(now) + " changed");
      }
    }
    old.keySet().forEach(gone -> words.add(what + " " + gone + " removed"));
    return words;
  }
}
