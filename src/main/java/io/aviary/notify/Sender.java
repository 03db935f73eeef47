package io.aviary.notify;

import io.aviary.notify.NotifyProperties.Notification;
import io.aviary.release.HmacSha256;
import io.aviary.release.NetworkFaults;
import io.aviary.release.masking.Masking;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.mail.MailException;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.MimeMessageHelper;
import tools.jackson.databind.json.JsonMapper;

/** Makes one attempt at telling somebody something. */
final class Sender {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** It was not told; the message says why, without an address that may be a secret. */
  static final class NotToldException extends Exception {
    private static final long serialVersionUID = 1L;

    NotToldException(String message) {
      super(message);
    }
  }

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final JsonMapper json;
  private final Masking masking;
  private final Supplier<@Nullable JavaMailSender> mail;

  /**
   * @param mail null: no mail server is configured
   */
  Sender(JsonMapper json, Masking masking, Supplier<@Nullable JavaMailSender> mail) {
    this.json = json;
    this.masking = masking;
    this.mail = mail;
  }

  /** Ends within half a minute. */
  void send(Notification target, Message message) throws NotToldException {
    switch (target.kind()) {
      case SLACK ->
          post(
              Objects.requireNonNull(target.url()), json(Map.of("text", slack(message))), Map.of());
      case WEBHOOK -> {
        var body = json(message.fields());
        post(
            Objects.requireNonNull(target.url()),
            body,
            Map.of(
                "X-Aviary-Event",
                message.event().occasion().name(),
                "X-Aviary-Delivery",
                message.id(),
                "X-Aviary-Signature-256",
                new HmacSha256(Objects.requireNonNull(target.secret())).header(body)));
      }
      case EMAIL -> mail(target, message);
    }
  }

  // ---- webhooks

  private byte[] json(Map<String, ?> fields) {
    return masking.mask(json.writeValueAsString(fields)).getBytes(StandardCharsets.UTF_8);
  }

  private void post(URI url, byte[] body, Map<String, String> headers) throws NotToldException {
    var request =
        HttpRequest.newBuilder(url)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .header("User-Agent", "aviary")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    try {
      var answer = http.send(request.build(), HttpResponse.BodyHandlers.discarding());
      if (answer.statusCode() / 100 != 2) {
        throw new NotToldException(url.getHost() + " answered " + answer.statusCode());
      }
    } catch (IOException e) {
      throw new NotToldException(
          url.getHost() + " was not reached: " + NetworkFaults.words(e, TIMEOUT, TIMEOUT));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotToldException("the server stops");
    }
  }

  /** In Slack's own marks; what others wrote is made harmless. */
  private static String slack(Message message) {
    return "*<"
        + message.link()
        + "|"
        + plain(message.subject())
        + ">*\n"
        + plain(message.change())
        + (message.reason() == null ? "" : "\n" + plain(message.reason()));
  }

  private static String plain(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  // ---- e-mail

  private void mail(Notification target, Message message) throws NotToldException {
    var sender = mail.get();
    if (sender == null) {
      throw new NotToldException("there is no mail server: set spring.mail.host");
    }
    try {
      var made = sender.createMimeMessage();
      var helper = new MimeMessageHelper(made, "UTF-8");
      helper.setFrom(target.from());
      helper.setTo(target.to().toArray(String[]::new));
      helper.setSubject(masking.mask(message.subject()).replaceAll("\\s+", " "));
      helper.setText(
          masking.mask(
              message.change()
                  + "\n\n"
                  + (message.reason() == null ? "" : message.reason() + "\n\n")
                  + message.link()
                  + "\n"));
      helper.getMimeMessage().setHeader("X-Aviary-Delivery", message.id());
      sender.send(made);
    } catch (MailException | jakarta.mail.MessagingException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw new NotToldException("the mail server did not take it: " + cause.getMessage());
    }
  }
}
