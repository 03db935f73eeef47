package io.aviary.web.security;

import io.aviary.release.Actor;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.DeliveryView;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;

/**
 * Whoever made the request at hand; a handler's parameter. Not for use beyond the request.
 *
 * @param authentication null: nobody has signed in
 * @param tryOut they came in by {@code aviary.security.try-out}
 */
public record Caller(
    @Nullable Authentication authentication, String address, boolean tryOut, Rights rights) {

  /** As it is recorded with what they do. */
  public Actor actor() {
    return new Actor(name(), address);
  }

  public String name() {
    return authentication == null ? "somebody" : authentication.getName();
  }

  public boolean isSignedIn() {
    return rights.mayAnywhere(authentication, Right.READ);
  }

  /** Whether they have this role for some application at least, or for the server. */
  public boolean hasAnywhere(io.aviary.release.Role role) {
    return rights.hasAnywhere(authentication, role);
  }

  public boolean may(Right right, @Nullable String application) {
    return rights.may(authentication, right, application);
  }

  /** To every application that a delivery concerned, or, where it concerned none, to everything. */
  public boolean mayAll(Right right, DeliveryView delivery) {
    return concerned(delivery).allMatch(application -> may(right, application));
  }

  /** Those that they may see. */
  public List<ApplicationProperties> readable(List<ApplicationProperties> applications) {
    return applications.stream().filter(it -> may(Right.READ, it.name())).toList();
  }

  /** As {@link Rights#mayAnywhere}. */
  public boolean mayAnywhere(Right right) {
    return rights.mayAnywhere(authentication, right);
  }

  /** As {@link Rights#within}. */
  public @Nullable Set<String> within(Right right) {
    return rights.within(authentication, right);
  }

  /**
   * Goes on only with the right.
   *
   * @throws AccessDeniedException answered with 403
   */
  public void demand(Right right, @Nullable String application) {
    AuditTrail.concerns(application);
    if (!may(right, application)) {
      throw Refusals.tooLow(right, application);
    }
  }

  /**
   * As {@link #mayAll}.
   *
   * @throws AccessDeniedException answered with 403
   */
  public void demandAll(Right right, DeliveryView delivery) {
    concerned(delivery).forEach(application -> demand(right, application));
  }

  private static Stream<@Nullable String> concerned(DeliveryView delivery) {
    return delivery.applications().isEmpty()
        ? Stream.of((String) null)
        : delivery.applications().stream().map(DeliveryView.ApplicationVerdict::name);
  }
}
