package io.aviary.web.api;

import io.aviary.release.Webhooks;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Makes an application's webhook at GitHub. */
@RestController
class WebhooksApi {

  private final Webhooks webhooks;

  WebhooksApi(ObjectProvider<Webhooks> webhooks) {
    this.webhooks = webhooks.getIfAvailable(() -> Webhooks.NONE);
  }

  /** There may be one already; it is answered with and left as it is. */
  @PostMapping("/api/applications/{name}/webhook")
  @Needs(Right.SYSTEM)
  Webhooks.Registered register(@PathVariable String name, Caller caller) {
    caller.demand(Right.SYSTEM, name);
    return webhooks.register(name, caller.actor());
  }
}
