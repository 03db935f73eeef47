package io.aviary.release.masking;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The forms in which a secret may stand in a text. */
final class SecretForms {

  /** What is shorter would mask ordinary words. */
  static final int SHORTEST = 6;

  /** A line of several must be so long to be known again by itself. */
  private static final int SHORTEST_LINE = 8;

  /** Of a longer one, such as a keystore, only lines are looked for: nobody prints it whole. */
  private static final int LONGEST = 64 * 1024;

  /**
   * What encoders of addresses leave as it is, beside letters, digits and {@code -._}: strict ones
   * and forms; Python; {@code encodeURIComponent}; {@code encodeURI}; Java; Go's of paths.
   */
  private static final List<String> LEFT_BY_ENCODERS =
      List.of("~", "~/", "~!'()*", "~!'()*;/?:@&=+$,#", "", "*", "~$&+=:@", "~/$&+=:@;,!'()*");

  private static final int[] WRAPPED_AT = {64, 76};

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private SecretForms() {}

  static Stream<String> of(String secret) {
    var forms = new LinkedHashSet<String>();
    var stripped = secret.strip();
    add(forms, stripped);
    for (var line : (Iterable<String>) stripped.lines().map(String::strip)::iterator) {
      if (line.length() >= SHORTEST_LINE && !line.startsWith("-----")) {
        add(forms, line);
      }
    }
    return forms.stream();
  }

  private static void add(Set<String> forms, String text) {
    if (text.length() < SHORTEST || text.length() > LONGEST) {
      return;
    }
    keep(forms, text);
    var json = json(text);
    keep(forms, json);
    // As PHP, Go and Python write it.
    keep(forms, json.replace("/", "\\/"));
    keep(forms, json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"));
    keep(forms, asciiOnly(json));
    for (var left : LEFT_BY_ENCODERS) {
      var url = percentEncoded(text, left);
      for (var each : List.of(url, url.replace("%20", "+"))) {
        keep(forms, each);
        keep(forms, lowerCaseHex(each));
      }
    }
    base64(forms, text);
  }

  private static String percentEncoded(String text, String left) {
    var encoded = new StringBuilder();
    for (var b : text.getBytes(StandardCharsets.UTF_8)) {
      var c = (char) (b & 0xff);
      if (c < 128
          && (Character.isLetterOrDigit(c) || "-._".indexOf(c) >= 0 || left.indexOf(c) >= 0)) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HEX.toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  /** Whatever stands before it in the encoded text: three ways to begin, and any end. */
  private static void base64(Set<String> forms, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    for (var before = 0; before < 3; before++) {
      var shifted = new byte[before + bytes.length];
      System.arraycopy(bytes, 0, shifted, before, bytes.length);
      // A character holds six bits; those that hold bits of a neighbour are not the secret's.
      var first = (before * 8 + 5) / 6;
      var last = shifted.length * 8 / 6;
      for (var encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
        var encoded = encoder.encodeToString(shifted);
        keep(forms, encoded.substring(first, last));
        // Where the text ends with it, there is no neighbour behind.
        keep(forms, encoded.substring(first));
        keep(forms, encoded.substring(first).replace("=", ""));
      }
    }
    var encoded = Base64.getEncoder().encodeToString(bytes);
    for (var width : WRAPPED_AT) {
      for (var from = 0; encoded.length() > width && from < encoded.length(); from += width) {
        var line = encoded.substring(from, Math.min(encoded.length(), from + width));
        if (line.length() >= SHORTEST_LINE) {
          keep(forms, line);
        }
      }
    }
  }

  private static void keep(Set<String> forms, String form) {
    if (form.length() >= SHORTEST) {
      forms.add(form);
    }
  }

  private static String lowerCaseHex(String url) {
    var text = new StringBuilder(url);
    for (var at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at + 1)) {
      text.replace(at + 1, at + 3, text.substring(at + 1, at + 3).toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }

  private static String asciiOnly(String json) {
    var text = new StringBuilder();
    for (var i = 0; i < json.length(); i++) {
      var c = json.charAt(i);
      if (c < 128) {
        text.append(c);
      } else {
        text.append("\\u").append(HexFormat.of().toHexDigits(c));
      }
    }
    return text.toString();
  }

  private static String json(String text) {
    return text.replace("\\", "\\\\")
        .replace("\"", "\\\"")
        .replace("\n", "\\n")
        .replace("\r", "\\r")
        .replace("\t", "\\t");
  }
}
