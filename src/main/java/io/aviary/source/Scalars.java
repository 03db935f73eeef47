package io.aviary.source;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a value without quotes means. */
enum Scalars {
  /** YAML 1.2, for {@code aviary.yml}: {@code yes} and {@code on} are texts. */
  CORE {
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern FLOAT =
        Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

    @Override
    @Nullable Object resolve(String plain) {
      if (NULLS.contains(plain)) {
        return null;
      }
      if (TRUES.contains(plain)) {
        return true;
      }
      if (FALSES.contains(plain)) {
        return false;
      }
      if (INTEGER.matcher(plain).matches()) {
        return narrow(new BigInteger(plain));
      }
      if (FLOAT.matcher(plain).matches()) {
        return finite(plain);
      }
      return plain;
    }
  },

  /**
   * As kubectl reads manifests, which is YAML 1.1 as go-yaml 2 has it: {@code yes}, {@code on} and
   * {@code y} are true, {@code 0644} is octal, a date stays a text, there are no numbers to base
   * 60, and a whole number with a fraction of zero is written to the API server without it.
   */
  KUBECTL {
    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9].*|[-+.]?\\.[0-9].*");
    private static final Pattern INTEGER =
        Pattern.compile(
            "([-+]?)(?:0[xX](\\p{XDigit}+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))");
    private static final Pattern FLOAT =
        Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final double EXACT = 1L << 53;

    @Override
    @Nullable Object resolve(String plain) {
      if (NULLS.contains(plain)) {
        return null;
      }
      if (TRUES.contains(plain) || MORE_TRUES.contains(plain)) {
        return true;
      }
      if (FALSES.contains(plain) || MORE_FALSES.contains(plain)) {
        return false;
      }
      if (!NUMBER.matcher(plain).matches()) {
        return plain;
      }
      // Only what begins with a point is not rid of its underscores.
      var digits = plain.startsWith(".") ? plain : plain.replace("_", "");
      var integer = INTEGER.matcher(digits);
      if (integer.matches()) {
        return narrow(
            integer(
                integer.group(1), integer.group(2), integer.group(3), integer.group(4), digits));
      }
      if (FLOAT.matcher(digits).matches()) {
        var number = finite(digits);
        return number instanceof Double real && real % 1 == 0 && Math.abs(real) < EXACT
            ? narrow(BigInteger.valueOf(real.longValue()))
            : number.equals(digits) ? plain : number;
      }
      return plain;
    }

    private static BigInteger integer(
        String sign,
        @Nullable String hexadecimal,
        @Nullable String binary,
        @Nullable String octal,
        String decimal) {
      if (hexadecimal != null) {
        return new BigInteger(sign + hexadecimal, 16);
      }
      if (binary != null) {
        return new BigInteger(sign + binary, 2);
      }
      return octal != null ? new BigInteger(sign + octal, 8) : new BigInteger(decimal);
    }
  },

  /**
   * As Kustomize reads objects and what it lays over them: as kubectl does, but {@code yes}, {@code
   * on} and {@code y} stay texts and are written so that they are.
   */
  KUSTOMIZE {
    @Override
    @Nullable Object resolve(String plain) {
      return MORE_TRUES.contains(plain) || MORE_FALSES.contains(plain)
          ? plain
          : KUBECTL.resolve(plain);
    }
  };

  private static final Set<String> MORE_TRUES =
      Set.of("y", "Y", "yes", "Yes", "YES", "on", "On", "ON");
  private static final Set<String> MORE_FALSES =
      Set.of("n", "N", "no", "No", "NO", "off", "Off", "OFF");
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUES = Set.of("true", "True", "TRUE");
  private static final Set<String> FALSES = Set.of("false", "False", "FALSE");

  /**
   * @return String, Boolean, Integer, Long, BigInteger, Double, or null for nothing
   */
  abstract @Nullable Object resolve(String plain);

  /** Whether a value without quotes is infinite or no number, which JSON does not have. */
  static boolean isNoJson(String plain) {
    return plain.toLowerCase(Locale.ROOT).matches("[-+]?\\.inf|\\.nan");
  }

  /** A number that a double cannot hold is a text. */
  private static Object finite(String number) {
    var value = Double.parseDouble(number);
    return Double.isInfinite(value) ? number : (Object) value;
  }

  private static Number narrow(BigInteger integer) {
    if (integer.bitLength() < 32) {
      return integer.intValue();
    }
    return integer.bitLength() < 64 ? (Number) integer.longValue() : integer;
  }
}
