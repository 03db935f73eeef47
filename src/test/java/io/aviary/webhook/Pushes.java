package io.aviary.webhook;

import io.aviary.release.HmacSha256;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Bodies such as GitHub sends. */
final class Pushes {

  private static final AtomicLong NUMBER = new AtomicLong();

  private Pushes() {}

  /** Another one each time. */
  static String commit() {
    return "%040x".formatted(0x1234567890L + NUMBER.incrementAndGet());
  }

  static String id() {
    return "72d3162e-cc78-11e3-%012x".formatted(NUMBER.incrementAndGet());
  }

  static String body(String repository, String before, String after) {
    return body(repository, "refs/heads/master", before, after, "Tell birds apart", false);
  }

  static String body(
      String repository,
      String ref,
      String before,
      String after,
      @Nullable String message,
      boolean forced) {
    var deleted = after.equals(Push.NOTHING);
    var commit =
        message == null
            ? "null"
            : """
              {"id": "%s", "tree_id": "f9d2a07e9488b91af2641b26b9407fe22a451433", "distinct": true,
               "message": "%s", "timestamp": "2026-11-24T10:00:00+01:00",
               "url": "https://github.com/%s/commit/%s",
               "author": {"name": "Wren", "email": "wren@example.org", "username": "wren"},
               "committer": {"name": "GitHub", "email": "noreply@github.com", "username": "web-flow"},
               "added": [], "removed": [], "modified": ["api.py"]}"""
                .formatted(after, message, repository, after);
    return """
    {"ref": "%s", "before": "%s", "after": "%s",
     "repository": {"id": 186853002, "node_id": "MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=", "name": "%s",
       "full_name": "%s", "private": false,
       "owner": {"name": "otomato", "email": null, "login": "otomato", "id": 21031067, "site_admin": false},
       "html_url": "https://github.com/%s", "description": null, "fork": false,
       "created_at": 1557933565, "updated_at": "2026-05-15T15:20:41Z", "pushed_at": 1557933657,
       "default_branch": "master", "stargazers": 1, "master_branch": "master"},
     "pusher": {"name": "wren", "email": "wren@example.org"},
     "sender": {"login": "wren", "id": 21031067, "type": "User", "site_admin": false},
     "created": false, "deleted": %s, "forced": %s, "base_ref": null,
     "compare": "https://github.com/%s/compare/a...b",
     "commits": [%s],
     "head_commit": %s}
    """
        .formatted(
            ref,
            before,
            after,
            repository.substring(repository.indexOf('/') + 1),
            repository,
            repository,
            deleted,
            forced,
            repository,
            message == null ? "" : commit,
            commit);
  }

  static String sign(String body, String secret) {
    return sign(body.getBytes(StandardCharsets.UTF_8), secret);
  }

  static String sign(byte[] body, String secret) {
    return new HmacSha256(secret).header(body);
  }
}
