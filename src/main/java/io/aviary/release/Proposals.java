package io.aviary.release;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/** Proposes an {@code aviary.yml} for an application that has none yet, or another one. */
public interface Proposals {

  /**
   * Looks at the head of the application's branch, at what is live in its namespace and at its
   * metrics. Takes some seconds; changes and stores nothing.
   *
   * @throws ReleaseRefusedException if there is no such application, or git does not hand out the
   *     commit; the message says why
   */
  Proposal propose(String application);

  /**
   * A proposal.
   *
   * @param revision that was looked at, 40 hex digits
   * @param present whether that commit has an {@code aviary.yml} already
   * @param aviaryYml the whole file
   * @param assumptions what was seen and what was taken for granted, a sentence each
   * @param open what a person has to do before it can release; empty: the file and the manifests
   *     pass every check that a release begins with
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Proposal(
      String revision,
      boolean present,
      String aviaryYml,
      List<String> assumptions,
      List<String> open) {
    public Proposal {
      assumptions = List.copyOf(assumptions);
      open = List.copyOf(open);
    }
  }
}
