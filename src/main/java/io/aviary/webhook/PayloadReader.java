package io.aviary.webhook;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a payload as a stream of tokens: nothing is built of the parts that nobody asks for,
 * whatever their size and depth, and each part that is read must have the type that GitHub gives
 * it.
 */
final class PayloadReader {

  private static final JsonFactory JSON = new JsonFactory();
  private static final Pattern REVISION = Pattern.compile("[0-9a-fA-F]{40}");
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_REF = 1_000;
  private static final int LONGEST_MESSAGE = 64 * 1024;

  private final JsonParser json;
  private final boolean isPush;
  private final Set<String> seen = new HashSet<>();

  private @Nullable String action;
  private @Nullable String repository;
  private @Nullable String sender;
  private @Nullable String pusher;
  private @Nullable String ref;
  private @Nullable String before;
  private @Nullable String after;
  private boolean forced;
  private boolean deleted;
  private @Nullable String message;
  private @Nullable String author;

  private PayloadReader(JsonParser json, boolean isPush) {
    this.json = json;
    this.isPush = isPush;
  }

  static Payload read(byte[] body, String event) throws MalformedPayloadException {
    try (var json = JSON.createParser(ObjectReadContext.empty(), body)) {
      return new PayloadReader(json, event.equals(Delivery.PUSH)).read();
    } catch (JacksonException e) {
      throw new MalformedPayloadException("the body is not JSON: " + e.getOriginalMessage());
    } catch (RuntimeException e) {
      // Whatever a stranger's bytes make the parser do is the bytes' fault.
      throw new MalformedPayloadException("the body cannot be read as JSON");
    }
  }

  private Payload read() throws MalformedPayloadException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new MalformedPayloadException("the body must be a JSON object");
    }
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      var name = json.currentName();
      json.nextToken();
      switch (name) {
        case "action" -> action = optionalText(once(name), LONGEST_NAME);
        case "repository" -> repository(once(name));
        case "sender" -> sender = textInside(once(name), "login");
        default -> {
          if (isPush) {
            pushField(name);
          } else {
            json.skipChildren();
          }
        }
      }
    }
    if (json.nextToken() != null) {
      throw new MalformedPayloadException("something follows the JSON object");
    }
    return new Payload(action, repository, sender != null ? sender : pusher, push());
  }

  private void pushField(String name) throws MalformedPayloadException {
    switch (name) {
      case "ref" -> ref = text(once(name), LONGEST_REF);
      case "before" -> before = revision(once(name));
      case "after" -> after = revision(once(name));
      case "forced" -> forced = bool(once(name));
      case "deleted" -> deleted = bool(once(name));
      case "pusher" -> pusher = textInside(once(name), "name");
      case "head_commit" -> headCommit(once(name));
      default -> json.skipChildren();
    }
  }

  private @Nullable Push push() throws MalformedPayloadException {
    if (!isPush) {
      return null;
    }
    if (repository == null) {
      throw new MalformedPayloadException("'repository' is missing");
    }
    if (ref == null) {
      throw new MalformedPayloadException("'ref' is missing");
    }
    if (!ref.startsWith("refs/")) {
      throw new MalformedPayloadException("'ref' must begin with refs/");
    }
    if (after == null) {
      throw new MalformedPayloadException("'after' is missing");
    }
    return new Push(
        ref,
        before == null ? Push.NOTHING : before,
        after,
        forced,
        deleted || after.equals(Push.NOTHING),
        message,
        author);
  }

  private void repository(String name) throws MalformedPayloadException {
    if (json.currentToken() == JsonToken.VALUE_NULL && !isPush) {
      return;
    }
    repository = textInside(name, "full_name");
    if (repository == null) {
      throw new MalformedPayloadException("'repository.full_name' is missing");
    }
  }

  private void headCommit(String name) throws MalformedPayloadException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    object(name);
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      var inner = json.currentName();
      json.nextToken();
      switch (inner) {
        case "message" -> message = optionalText(once("head_commit.message"), LONGEST_MESSAGE);
        case "author" -> author = textInside(once("head_commit.author"), "name");
        default -> json.skipChildren();
      }
    }
  }

  /** The text of one field of an object, which may be null or missing, as the object may. */
  private @Nullable String textInside(String name, String field) throws MalformedPayloadException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    object(name);
    String found = null;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      var inner = json.currentName();
      json.nextToken();
      if (inner.equals(field)) {
        found = optionalText(once(name + "." + field), LONGEST_NAME);
      } else {
        json.skipChildren();
      }
    }
    return found;
  }

  /** A field that is there twice would be another one for each reader. */
  private String once(String name) throws MalformedPayloadException {
    if (!seen.add(name)) {
      throw new MalformedPayloadException("'" + name + "' is there twice");
    }
    return name;
  }

  private void object(String name) throws MalformedPayloadException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new MalformedPayloadException("'" + name + "' must be an object");
    }
  }

  private @Nullable String optionalText(String name, int most) throws MalformedPayloadException {
    return json.currentToken() == JsonToken.VALUE_NULL ? null : text(name, most);
  }

  private String text(String name, int most) throws MalformedPayloadException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw new MalformedPayloadException("'" + name + "' must be a text");
    }
    return Texts.storable(json.getString(), most);
  }

  private String revision(String name) throws MalformedPayloadException {
    var text = text(name, 100);
    if (!REVISION.matcher(text).matches()) {
      throw new MalformedPayloadException("'" + name + "' must be 40 hex digits");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  private boolean bool(String name) throws MalformedPayloadException {
    return switch (json.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw new MalformedPayloadException("'" + name + "' must be true or false");
    };
  }
}
