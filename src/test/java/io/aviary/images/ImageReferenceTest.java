package io.aviary.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageReferenceTest {

  @Test
  void putsRegistryNameAndTagTogether() {
    assertThat(ImageReference.of("10.40.0.1:5000", "otomato/ornithology", "0123456"))
        .hasToString("10.40.0.1:5000/otomato/ornithology:0123456")
        .isEqualTo(new ImageReference("10.40.0.1:5000", "otomato/ornithology", "0123456"));
    var inTeam = ImageReference.of("registry.example.com/team", "otomato/ornithology", "v1");
    assertThat(inTeam).hasToString("registry.example.com/team/otomato/ornithology:v1");
    assertThat(inTeam.pinned("sha256:ab"))
        .isEqualTo("registry.example.com/team/otomato/ornithology@sha256:ab");
    assertThat(inTeam.buildCache())
        .hasToString("registry.example.com/team/otomato/ornithology-buildcache:latest");
    assertThat(ImageReference.of("[::1]:5000", "a", "1")).hasToString("[::1]:5000/a:1");
  }

  @ParameterizedTest
  @CsvSource({
    "registry.example.com, Otomato/Ornithology, v1, image name",
    "registry.example.com, '../secret', v1, image name",
    "registry.example.com, 'a,registry.insecure=true', v1, image name",
    "registry.example.com, a//b, v1, image name",
    "registry.example.com, a, feature/x, tag",
    "registry.example.com, a, 'v1,push=false', tag",
    "registry.example.com, a, -v1, tag",
    "user@registry.example.com, a, v1, host",
    "https://registry.example.com, a, v1, host"
  })
  void refusesWhatARegistryWouldNotAccept(String registry, String name, String tag, String what) {
    assertThatThrownBy(() -> ImageReference.of(registry, name, tag))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no valid " + what);
  }
}
