package io.aviary.release.masking;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/** The one masking of the server. */
@Configuration(proxyBeanMethods = false)
class MaskingConfiguration {

  @Bean
  static Masking masking(ConfigurableEnvironment environment) {
    var masking = new Masking(ConfiguredSecrets.of(environment));
    MaskedOutput.use(masking);
    return masking;
  }
}
