package io.aviary.web.api;

import io.aviary.release.Page;
import io.aviary.release.audit.Audit;
import io.aviary.release.audit.AuditEntry;
import io.aviary.release.audit.AuditFilter;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Who did what, or was refused it. */
@RestController
class AuditApi {

  private final Audit audit;

  AuditApi(Audit audit) {
    this.audit = audit;
  }

  @GetMapping("/api/audit")
  @Needs(Right.AUDIT)
  Page<AuditEntry> search(
      @RequestParam(required = false) AuditEntry.@Nullable Kind kind,
      @RequestParam(required = false) @Nullable String person,
      @RequestParam(required = false) @Nullable String application,
      @RequestParam(required = false) @Nullable Instant from,
      @RequestParam(required = false) @Nullable Instant to,
      @RequestParam(defaultValue = "0") @Min(0) @Max(10_000_000) int page,
      @RequestParam(defaultValue = "20") @Min(1) @Max(100) int size,
      Caller caller) {
    return audit.search(
        new AuditFilter(
            kind,
            Given.text("person", person),
            Given.text("application", application),
            from,
            to,
            caller.within(Right.AUDIT)),
        page,
        size);
  }
}
