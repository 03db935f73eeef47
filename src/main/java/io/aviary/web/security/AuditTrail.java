package io.aviary.web.security;

import io.aviary.release.Actor;
import io.aviary.release.audit.Audit;
import io.aviary.release.audit.AuditEntry.Kind;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Writes what people and programs do through any handler of ours into the audit, and what they are
 * refused: in one place, so that no handler can forget it.
 */
@Component
class AuditTrail {

  private static final String APPLICATION = AuditTrail.class.getName() + ".application";
  private static final String WHY = AuditTrail.class.getName() + ".why";

  private final Audit audit;

  AuditTrail(Audit audit) {
    this.audit = audit;
  }

  /** The request at hand turned out to concern this application. */
  static void concerns(@Nullable String application) {
    note(APPLICATION, application);
  }

  /** Why somebody does it, in their words. */
  static void because(@Nullable String why) {
    note(WHY, why);
  }

  private static void note(String name, @Nullable String text) {
    var request = RequestContextHolder.getRequestAttributes();
    if (request != null && text != null) {
      request.setAttribute(name, text, RequestAttributes.SCOPE_REQUEST);
    }
  }

  /** A change, or a look at what is not for everybody. */
  void done(
      HttpServletRequest request,
      Right right,
      @Nullable Authentication who,
      @Nullable String location) {
    var kind =
        switch (right) {
          case READ -> null;
          case REPLAY -> Kind.REPLAY;
          case TOKENS -> Kind.TOKEN;
          case READ_BODIES, AUDIT, SYSTEM -> Kind.SYSTEM;
          default -> Kind.DECISION;
        };
    if (kind != null) {
      var words = Words.of(request, location);
      audit.add(
          kind,
          actor(request, who),
          words.action,
          words.subject,
          application(request),
          why(request));
    }
  }

  void refused(HttpServletRequest request, @Nullable Authentication who, @Nullable String why) {
    var words = Words.of(request, null);
    audit.add(
        Kind.REFUSAL, actor(request, who), words.action, words.subject, application(request), why);
  }

  void signIn(Kind kind, String name, @Nullable String address, String action, String why) {
    audit.add(kind, new Actor(name, address), action, null, null, why);
  }

  /** The configuration lets somebody in no more who was. */
  void ended(String name, String address) {
    signIn(
        Kind.SIGN_IN, name, address, "sign out", "no longer configured, or with another password");
  }

  private static Actor actor(HttpServletRequest request, @Nullable Authentication who) {
    return new Actor(who == null ? "somebody" : who.getName(), request.getRemoteAddr());
  }

  private static @Nullable String application(HttpServletRequest request) {
    return request.getAttribute(APPLICATION) instanceof String noted ? noted : null;
  }

  private static @Nullable String why(HttpServletRequest request) {
    if (request.getAttribute(WHY) instanceof String noted) {
      return noted;
    }
    var comment = request.getParameter("comment");
    return comment == null ? request.getParameter("reason") : comment;
  }

  /** {@code POST /api/runs/7/cancel} is "cancel", "run 7". */
  private record Words(String action, @Nullable String subject) {

    static Words of(HttpServletRequest request, @Nullable String location) {
      var pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
      var path = request.getRequestURI().substring(request.getContextPath().length());
      if (!(pattern instanceof String template)) {
        return new Words(verb(request), path);
      }
      var variables =
          request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE)
                  instanceof Map<?, ?> map
              ? map
              : Map.of();
      var subject = new ArrayList<String>();
      var action = verb(request);
      var afterVariable = false;
      for (var part : template.replaceFirst("^/api/", "/").split("/", -1)) {
        if (part.startsWith("{")) {
          var name = part.substring(1).replaceFirst("[:}].*$", "");
          subject.add(String.valueOf(variables.get(name)));
          afterVariable = true;
        } else if (afterVariable) {
          action = request.getMethod().equals("POST") ? part : action + " " + part;
        } else if (!part.isEmpty()) {
          subject.add(singular(part));
        }
      }
      if (!afterVariable && location != null) {
        subject.addAll(List.of(location.replaceFirst("^.*/", "").split("\\?", 2)[0]));
      }
      return new Words(action, String.join(" ", subject));
    }

    private static String verb(HttpServletRequest request) {
      return switch (request.getMethod()) {
        case "POST" -> "create";
        case "PUT" -> "set";
        case "DELETE" -> "remove";
        case "GET" -> "read";
        default -> request.getMethod().toLowerCase(Locale.ROOT);
      };
    }

    private static String singular(String word) {
      return word.endsWith("ies")
          ? word.substring(0, word.length() - 3) + "y"
          : word.endsWith("s") ? word.substring(0, word.length() - 1) : word;
    }
  }
}
