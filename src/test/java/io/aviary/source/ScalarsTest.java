package io.aviary.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalarsTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # written         | aviary.yml             | as kubectl reads it
          ''                | null                   | null
          ~                 | null                   | null
          Null              | null                   | null
          true              | Boolean true           | Boolean true
          FALSE             | Boolean false          | Boolean false
          yes               | String yes             | Boolean true
          Off               | String Off             | Boolean false
          y                 | String y               | Boolean true
          N                 | String N               | Boolean false
          yEs               | String yEs             | String yEs
          nothing           | String nothing         | String nothing
          0                 | Integer 0              | Integer 0
          5000              | Integer 5000           | Integer 5000
          -7                | Integer -7             | Integer -7
          +7                | Integer 7              | Integer 7
          3000000000        | Long 3000000000        | Long 3000000000
          18446744073709551616 | BigInteger 18446744073709551616 | BigInteger 18446744073709551616
          0644              | Integer 644            | Integer 420
          0o644             | String 0o644           | Integer 420
          0x1F              | String 0x1F            | Integer 31
          -0x1f             | String -0x1f           | Integer -31
          0b101             | String 0b101           | Integer 5
          08                | Integer 8              | Integer 8
          1_000             | String 1_000           | Integer 1000
          0.5               | Double 0.5             | Double 0.5
          .5                | Double 0.5             | Double 0.5
          -.5               | Double -0.5            | Double -0.5
          3.0               | Double 3.0             | Integer 3
          1e3               | Double 1000.0          | Integer 1000
          12e45             | Double 1.2E46          | Double 1.2E46
          12e4567           | String 12e4567         | String 12e4567
          1234567           | Integer 1234567        | Integer 1234567
          1234567-dirty     | String 1234567-dirty   | String 1234567-dirty
          2018-01-16        | String 2018-01-16      | String 2018-01-16
          2018-01-16T10:00:00Z | String 2018-01-16T10:00:00Z | String 2018-01-16T10:00:00Z
          190:20:30         | String 190:20:30       | String 190:20:30
          1.2.3             | String 1.2.3           | String 1.2.3
          10m               | String 10m             | String 10m
          1%                | String 1%              | String 1%
          0.0.0.0/0         | String 0.0.0.0/0       | String 0.0.0.0/0
          -                 | String -               | String -
          """)
  void aValueWithoutQuotesMeans(String written, String core, String kubectl) {
    assertThat(described(Scalars.CORE.resolve(written))).isEqualTo(core);
    assertThat(described(Scalars.KUBECTL.resolve(written))).isEqualTo(kubectl);
  }

  private static String described(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case BigInteger integer -> "BigInteger " + integer;
      default -> value.getClass().getSimpleName() + " " + value;
    };
  }
}
