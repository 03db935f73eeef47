package io.aviary.web.api;

import io.aviary.release.Page;
import io.aviary.release.Role;
import io.aviary.web.security.ApiTokens;
import io.aviary.web.security.ApiTokens.ApiToken;
import io.aviary.web.security.ApiTokens.NewToken;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** API tokens: one's own, and everybody's for administrators. */
@RestController
@RequestMapping("/api/tokens")
@Needs(Right.TOKENS)
class TokensApi {

  private final ApiTokens tokens;

  TokensApi(ApiTokens tokens) {
    this.tokens = tokens;
  }

  /**
   * Tokens that have not been revoked, the newest first.
   *
   * @param all everybody's, for administrators
   */
  @GetMapping
  Page<ApiToken> list(
      @RequestParam(defaultValue = "false") boolean all,
      @RequestParam(defaultValue = "0") @Min(0) @Max(10_000_000) int page,
      @RequestParam(defaultValue = "20") @Min(1) @Max(100) int size,
      Caller caller) {
    if (all) {
      caller.demand(Right.ALL_TOKENS, null);
    }
    return tokens.list(all ? null : ApiTokens.owner(caller), page, size);
  }

  /**
   * What a token is to be.
   *
   * @param applications null or empty: all that its owner may use
   * @param expiresAt null: never
   */
  record Wanted(
      @NotBlank @Size(max = 100) @Pattern(regexp = "[^\\p{Cntrl}]*", message = "must be one line")
          String name,
      @NotNull Role role,
      @Nullable @Size(max = 100) List<@NotBlank @Size(max = 200) String> applications,
      @Nullable Instant expiresAt) {}

  /** The token's value is in this answer and nowhere else. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<NewToken> create(@Valid @RequestBody Wanted wanted, Caller caller) {
    var made =
        tokens.create(
            caller,
            wanted.name().strip(),
            wanted.role(),
            wanted.applications() == null ? List.of() : wanted.applications(),
            wanted.expiresAt());
    return ResponseEntity.created(URI.create("/api/tokens/" + made.token().id()))
        .header("Cache-Control", "no-store")
        .body(made);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(@PathVariable long id, Caller caller) {
    var _ = tokens.revoke(id, caller);
  }
}
