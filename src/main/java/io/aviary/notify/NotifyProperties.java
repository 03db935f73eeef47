package io.aviary.notify;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who is told what.
 *
 * @param notifications each of them a place that is told; names are unique
 */
@ConfigurationProperties("aviary")
record NotifyProperties(@DefaultValue List<Notification> notifications) {

  NotifyProperties {
    notifications = List.copyOf(notifications);
    var names = notifications.stream().map(Notification::name).toList();
    names.stream()
        .filter(name -> names.indexOf(name) != names.lastIndexOf(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "aviary.notifications names '" + name + "' twice; names must be unique");
            });
  }

  /** How it is told. */
  enum Kind {
    SLACK,
    WEBHOOK,
    EMAIL
  }

  /**
   * A place that is told.
   *
   * @param name by which it is known in messages and in the record of what was told; another name
   *     is another place
   * @param kind an incoming webhook as Slack has it, a webhook of your own, or e-mail by {@code
   *     spring.mail}
   * @param url of a webhook; whoever knows Slack's may post there, so keep it like a secret
   * @param secret key of a webhook's signature, at least 16 characters
   * @param to addresses of e-mail
   * @param from address that e-mail comes from
   * @param applications whose runs it is told of; empty: of all
   * @param on what it is told of: outcomes, and {@code approval} for what waits for people
   */
  record Notification(
      String name,
      Kind kind,
      @Nullable URI url,
      @Nullable String secret,
      @DefaultValue List<String> to,
      @DefaultValue("aviary@localhost") String from,
      @DefaultValue List<String> applications,
      @DefaultValue({"ROLLED_BACK", "FAILED", "APPROVAL"}) List<Occasion> on) {

    Notification {
      to = List.copyOf(to);
      applications = List.copyOf(applications);
      on = List.copyOf(on);
      var mistakes = new ArrayList<String>();
      if (name == null || name.isBlank() || name.length() > 100) {
        mistakes.add("name it, with at most 100 characters");
      }
      if (kind == null) {
        mistakes.add("its kind is missing: slack, webhook or email");
      } else {
        check(kind, url, secret, to, mistakes);
      }
      if (on.isEmpty()) {
        mistakes.add("'on' is empty, so it would be told nothing");
      }
      if (!mistakes.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", mistakes));
      }
    }

    private static void check(
        Kind kind,
        @Nullable URI url,
        @Nullable String secret,
        List<String> to,
        List<String> mistakes) {
      var isMail = kind == Kind.EMAIL;
      if (isMail && to.isEmpty()) {
        mistakes.add("'to' is empty: e-mail needs addresses");
      }
      if (isMail && to.stream().anyMatch(it -> !it.matches("[^@\\s]+@[^@\\s]+"))) {
        mistakes.add("'to' has something that is no address: write name@host");
      }
      if (isMail && (url != null || secret != null)) {
        mistakes.add("e-mail has no url and no secret; its server is spring.mail.host");
      }
      if (!isMail && !to.isEmpty()) {
        mistakes.add("'to' is for e-mail only");
      }
      if (!isMail
          && (url == null
              || url.getHost() == null
              || !List.of("http", "https").contains(String.valueOf(url.getScheme())))) {
        mistakes.add("it needs a url that begins with http:// or https:// and a host");
      }
      if (kind == Kind.SLACK && secret != null) {
        mistakes.add("Slack checks no signature: leave the secret out, or use kind: webhook");
      }
      if (kind == Kind.WEBHOOK && (secret == null || secret.length() < 16)) {
        mistakes.add(
            "it needs a secret of at least 16 characters, with which its receiver checks the"
                + " signature");
      }
    }

    boolean wants(String application, Occasion occasion) {
      return on.contains(occasion)
          && (applications.isEmpty() || applications.contains(application));
    }

    @Override
    public String toString() {
      return "Notification[name=" + name + ", kind=" + kind + "]";
    }
  }
}
