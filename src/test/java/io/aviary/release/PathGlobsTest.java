package io.aviary.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathGlobsTest {

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
    "services/birds/**, services/birds/api.py, true",
    "services/birds/**, services/birds/a/b/c.py, true",
    "services/birds/**, services/birds, false",
    "services/birds/**, services/birdsong/api.py, false",
    "services/birds/, services/birds/a/b.py, true",
    "/services/birds/**, services/birds/api.py, true",
    "services/*/api.py, services/birds/api.py, true",
    "services/*/api.py, services/birds/v2/api.py, false",
    "*.py, api.py, true",
    "*.py, tests/api.py, false",
    "**.py, tests/it/api.py, true",
    "**/*.py, api.py, true",
    "**/*.py, tests/it/api.py, true",
    "**/api.py, myapi.py, false",
    "a/**/b, a/b, true",
    "a/**/b, a/x/y/b, true",
    "a/**/b, ab, false",
    "**, anything/at/all, true",
    "ap?.py, api.py, true",
    "ap?.py, ap/.py, false",
    "a.c, abc, false",
    "(a+)+[b], (a+)+[b], true",
    "'with space/é*', with space/été, true",
    "Api.py, api.py, false",
  })
  void globs(String glob, String path, boolean expected) {
    assertThat(PathGlobs.of(List.of(glob)).matches(path)).isEqualTo(expected);
  }

  @Test
  void firstMatchNamesThePath() {
    var globs = PathGlobs.of(List.of("docs/**", "api.py"));

    assertThat(globs.firstMatch(List.of("README.md", "docs/x", "api.py"))).contains("docs/x");
    assertThat(globs.firstMatch(List.of("README.md"))).isEmpty();
    assertThat(PathGlobs.of(List.of()).matches("api.py")).isFalse();
  }
}
