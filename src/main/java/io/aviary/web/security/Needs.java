package io.aviary.web.security;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The right that a request needs. A handler without one is open to nobody, so that forgetting it is
 * noticed. It lets in whoever has the right anywhere; what concerns one application is asked for by
 * {@link Caller#demand} once that is known.
 */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Needs {
  Right value();
}
