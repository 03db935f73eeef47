package io.aviary.notify;

import io.aviary.release.AviaryProperties;
import io.aviary.release.ConnectionCheck;
import io.aviary.release.Runs;
import io.aviary.release.masking.Masking;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mail.javamail.JavaMailSender;
import tools.jackson.databind.json.JsonMapper;

/** Wires what tells people. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(NotifyProperties.class)
class NotifyConfiguration {

  @Bean
  Notifications notifications(JdbcClient jdbc) {
    return new Notifications(jdbc);
  }

  @Bean
  Targets notificationTargets(NotifyProperties properties) {
    return new Targets(properties.notifications());
  }

  @Bean
  Outbox notificationOutbox(
      Targets targets,
      Notifications notifications,
      ObjectProvider<JavaMailSender> mail,
      JsonMapper json,
      Masking masking,
      Runs runs,
      AviaryProperties server,
      InstantSource clock) {
    return new Outbox(
        targets,
        notifications,
        new Sender(json, masking, mail::getIfAvailable),
        runs,
        server.url(),
        clock);
  }

  /** Says what could not be told. */
  @Bean
  @Order(9)
  ConnectionCheck notificationCheck(
      Targets targets,
      ObjectProvider<Notifications> notifications,
      ObjectProvider<JavaMailSender> mail) {
    return () ->
        targets.current().stream().map(target -> finding(target, notifications, mail)).toList();
  }

  private static ConnectionCheck.Finding finding(
      NotifyProperties.Notification target,
      ObjectProvider<Notifications> notifications,
      ObjectProvider<JavaMailSender> mail) {
    var subject = "notification " + target.name();
    if (target.kind() == NotifyProperties.Kind.EMAIL && mail.getIfAvailable() == null) {
      return ConnectionCheck.Finding.bad(
          subject, "there is no mail server: set spring.mail.host, and what it needs to sign in");
    }
    try {
      return notifications
          .getObject()
          .trouble(target.name())
          .map(
              it ->
                  ConnectionCheck.Finding.bad(
                      subject,
                      it.count() + " could not be told by now; the newest: " + it.problem()))
          .orElseGet(() -> ConnectionCheck.Finding.good(subject, "nothing is left untold"));
    } catch (DataAccessException e) {
      return ConnectionCheck.Finding.unused(subject, "the database does not say what was told");
    }
  }
}
