package io.aviary.gates;

import io.aviary.release.definition.ApprovalDefinition;
import io.aviary.release.definition.ApprovalDefinition.OnTimeout;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepContext.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * People's answer to a question that a gate has asked them. Only what they said since it was asked
 * counts: before, nobody could know what they would agree to.
 *
 * @param asked when
 * @param author by whose names an approval does not count; empty: by none
 */
public record Approval(ApprovalDefinition definition, Instant asked, Author author) {

  /** When the question is closed. */
  public Instant until() {
    return asked.plus(definition.timeout());
  }

  /**
   * What has been answered.
   *
   * @param decisions about this gate, oldest first
   */
  public Check check(List<Decision> decisions, Instant now) {
    var answers = decisions.stream().filter(one -> !one.at().isBefore(asked)).toList();
    var rejection =
        answers.stream().filter(one -> one.verdict() == Decision.Verdict.REJECT).findFirst();
    if (rejection.isPresent()) {
      return new Check.Broken("rejected by " + words(rejection.get()), List.of());
    }
    var approvals = approvals(answers);
    if (approvals.size() >= definition.people()) {
      return new Check.Holds("approved by " + words(approvals));
    }
    if (now.isBefore(until())) {
      return new Check.Open(Outcome.For.PERSON, waiting(answers, approvals), until());
    }
    return definition.onTimeout() == OnTimeout.APPROVE
        ? new Check.Holds("nobody objected within " + Times.words(definition.timeout()))
        : new Check.Broken(
            (approvals.isEmpty()
                    ? "nobody"
                    : "only " + approvals.size() + " of " + definition.people() + " people")
                + " approved within "
                + Times.words(definition.timeout()),
            List.of());
  }

  /** Who has approved by now, and counts. */
  public List<String> by(List<Decision> decisions) {
    return approvals(decisions.stream().filter(one -> !one.at().isBefore(asked)).toList()).stream()
        .map(Decision::by)
        .toList();
  }

  /** The first of each person. */
  private List<Decision> approvals(List<Decision> answers) {
    var people = new TreeSet<String>();
    var approvals = new ArrayList<Decision>();
    for (var answer : answers) {
      if (answer.verdict() == Decision.Verdict.APPROVE
          && !isExcluded(answer)
          && people.add(answer.by().toLowerCase(Locale.ROOT))) {
        approvals.add(answer);
      }
    }
    return approvals;
  }

  private boolean isExcluded(Decision answer) {
    return definition.notAuthor() && author.is(answer.by());
  }

  private String waiting(List<Decision> answers, List<Decision> approvals) {
    var people = definition.people();
    var text =
        new StringBuilder("waits until " + Times.words(until()) + " for approval")
            .append(people == 1 ? "" : " by " + people + " people")
            .append(definition.notAuthor() ? ", not by the commit's author" : "");
    if (!approvals.isEmpty()) {
      text.append("; so far ").append(words(approvals));
    }
    answers.stream()
        .filter(one -> one.verdict() == Decision.Verdict.APPROVE && isExcluded(one))
        .findFirst()
        .ifPresent(
            one ->
                text.append("; that of ")
                    .append(one.by())
                    .append(" does not count, who made the change"));
    return text.toString();
  }

  private static String words(List<Decision> decisions) {
    return decisions.stream().map(Approval::words).collect(Collectors.joining(" and "));
  }

  /** {@code finch: looks good}. */
  public static String words(Decision decision) {
    @Nullable String comment = decision.comment();
    return decision.by() + (comment == null || comment.isBlank() ? "" : ": " + comment.strip());
  }
}
