package io.aviary.ops;

import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says all mistakes of the configuration at once instead of a stack trace. */
final class ConfigurationMistakesAnalyzer
    extends AbstractFailureAnalyzer<ConfigurationMistakesException> {

  @Override
  protected FailureAnalysis analyze(Throwable failure, ConfigurationMistakesException cause) {
    var mistakes = cause.mistakes();
    return new FailureAnalysis(
        (mistakes.size() == 1
                ? "The configuration has a mistake:"
                : "The configuration has " + mistakes.size() + " mistakes:")
            + mistakes.stream()
                .map(mistake -> "\n    - " + mistake)
                .collect(Collectors.joining("", "\n", "")),
        "Correct them where they are set (application.yml beside the jar, environment variables,"
            + " command line); docs/configuration.md explains every key.",
        cause);
  }
}
