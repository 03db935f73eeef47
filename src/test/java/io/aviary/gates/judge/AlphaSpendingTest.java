package io.aviary.gates.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlphaSpendingTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 20, 37, 60, 2880})
  void theLevelsOfAllTestsNeverAddUpToMoreThanAlpha(int planned) {
    var spending = new AlphaSpending(0.01, planned);
    double spent = 0;
    int last = 0;
    for (int look = 1; look <= 100 * planned; look = spending.nextTest(look)) {
      double level = spending.spentBy(look) - spending.spentBy(last);
      assertThat(level).isPositive();
      spent += level;
      last = look;
    }
    assertThat(spent).isBetween(0.0095, 0.01);
    assertThat(spending.spentBy(planned)).isEqualTo(0.008, within(1e-12));
  }

  @Test
  void atFirstEachLookIsATestAndLaterEachTenthMoreAndTheEndAlways() {
    assertThat(tests(60))
        .startsWith(1, 2, 3)
        .containsSubsequence(18, 19, 20, 22, 24, 26, 28, 30, 33, 36, 39, 42, 46, 50, 55, 60, 66);
    assertThat(tests(51)).containsSubsequence(46, 50, 51, 56);
  }

  private static List<Integer> tests(int planned) {
    var spending = new AlphaSpending(0.01, planned);
    var tests = new ArrayList<Integer>();
    for (int look = 1; look <= 2 * planned; look = spending.nextTest(look)) {
      tests.add(look);
    }
    return tests;
  }
}
