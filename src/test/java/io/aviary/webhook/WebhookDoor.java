package io.aviary.webhook;

import io.aviary.simulation.GitHubStandIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.context.ApplicationContext;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockHttpServletRequest;

/** For tests elsewhere: the webhook without a web server in front. */
public final class WebhookDoor {

  private final WebhookController controller;
  private final MissedPushes missed;

  private WebhookDoor(WebhookController controller, MissedPushes missed) {
    this.controller = controller;
    this.missed = missed;
  }

  public static WebhookDoor of(ApplicationContext context) {
    return new WebhookDoor(
        context.getBean(WebhookController.class), context.getBean(MissedPushes.class));
  }

  /** Signed as GitHub does. */
  public ResponseEntity<?> receive(GitHubStandIn.Delivery delivery, String secret) {
    var body = delivery.payload().getBytes(StandardCharsets.UTF_8);
    var request = new MockHttpServletRequest("POST", "/webhooks/github");
    request.setContentType("application/json");
    request.setContent(body);
    request.addHeader("X-GitHub-Event", delivery.event());
    request.addHeader("X-GitHub-Delivery", delivery.guid());
    request.addHeader("X-Hub-Signature-256", "sha256=" + sign(secret, body));
    try {
      return controller.receive(request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sign(String secret, byte[] body) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public void lookForMissedPushes() {
    missed.look();
  }
}
