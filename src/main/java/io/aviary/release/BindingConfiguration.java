package io.aviary.release;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** How the configuration is bound at the start. */
@Configuration(proxyBeanMethods = false)
class BindingConfiguration {

  @Bean
  static ConfigurationPropertiesBindHandlerAdvisor applicationsApart(Environment environment) {
    return handler -> new ApplicationsApart(handler, environment);
  }
}
