package io.aviary.notify;

import io.aviary.release.RunView;
import io.aviary.release.Sha256;
import io.aviary.release.Urls;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is told.
 *
 * @param id the same at each attempt, so that a receiver can tell a repetition from news
 * @param subject one line
 * @param reason null: the subject says it all
 * @param link to the page
 */
record Message(
    String id, Event event, RunView run, String subject, @Nullable String reason, URI link) {

  static Message of(Due due, Event event, RunView run, URI server) {
    var id =
        Sha256.hex(server + " " + due.run() + " " + due.target() + " " + due.occasion())
            .substring(0, 32);
    var gate = event.gate();
    return new Message(
        id,
        event,
        run,
        run.application()
            + " "
            + run.shortRevision()
            + " "
            + (gate == null
                ? run.pipeline().word() + ": " + words(event.occasion())
                : gate.name() + " waits for a person"),
        gate == null ? run.reason() : gate.reason(),
        Urls.below(server, "/runs/" + run.id()));
  }

  private static String words(Occasion occasion) {
    return switch (occasion) {
      case SUCCEEDED -> "succeeded";
      case ROLLED_BACK -> "rolled back";
      case FAILED -> "failed, it needs a person";
      case CANCELLED -> "cancelled";
      case SUPERSEDED -> "superseded by a newer commit";
      case APPROVAL -> "waits for a person";
    };
  }

  /** The change, in one line: its title and author. */
  String change() {
    return run.title() + (run.author() == null ? "" : " – " + run.author());
  }

  /** As a webhook gets it. */
  Map<String, @Nullable Object> fields() {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("id", id);
    fields.put("event", event.occasion().name());
    fields.put("at", event.at().toString());
    fields.put("application", run.application());
    fields.put("run", run.id());
    fields.put("pipeline", run.pipeline().word());
    fields.put("status", run.status().name());
    fields.put("gate", event.gate() == null ? null : Objects.requireNonNull(event.gate()).name());
    fields.put("revision", run.revision());
    fields.put("branch", run.branch());
    fields.put("title", run.title());
    fields.put("author", run.author());
    fields.put("reason", reason);
    fields.put("url", link.toString());
    return fields;
  }
}
