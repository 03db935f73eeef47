package io.aviary.source.helm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChartRendererTest {

  @Test
  void tooMuchMemoryIsToldHoweverTheProcessEndsByIt() {
    assertThat(ChartRenderer.refused(2, "fatal error: runtime: out of memory\n\ngoroutine 1").why())
        .isEqualTo("takes more than 512 MiB to render");
    assertThat(
            ChartRenderer.refused(
                    134,
                    "runtime/cgo: pthread_create failed: Resource temporarily unavailable\nSIGABRT")
                .why())
        .startsWith("takes more than 512 MiB to render, or ");
  }

  @Test
  void whatHelmRefusesIsTakenOverAndWhatKillsItIsNamed() {
    assertThat(ChartRenderer.refused(1, "parse error at (birds/templates/a.yaml:1)\n").why())
        .isEqualTo("parse error at (birds/templates/a.yaml:1)");
    assertThat(ChartRenderer.refused(139, "SIGSEGV: segmentation violation\nPC=0x1").why())
        .isEqualTo(
            "could not be rendered: Helm ended with exit code 139, SIGSEGV: segmentation violation");
    assertThat(ChartRenderer.refused(137, "").why())
        .isEqualTo("could not be rendered: Helm ended with exit code 137, without a word");
  }
}
