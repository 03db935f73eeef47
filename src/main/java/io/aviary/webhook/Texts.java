package io.aviary.webhook;

import org.jspecify.annotations.Nullable;

/** Makes strangers' texts fit for each database. */
final class Texts {

  private Texts() {}

  /** At most so many characters, without NUL and halves of surrogate pairs. */
  static String storable(String text, int most) {
    var cut = text.length() <= most ? text : text.substring(0, most);
    return isStorable(cut) ? cut : mended(cut);
  }

  static @Nullable String storableOrNull(@Nullable String text, int most) {
    return text == null ? null : storable(text, most);
  }

  private static boolean isStorable(String text) {
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  private static String mended(String text) {
    var mended = new StringBuilder(text.length());
    text.codePoints()
        .map(
            c ->
                c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                    ? 0xFFFD
                    : c)
        .forEach(mended::appendCodePoint);
    return mended.toString();
  }
}
