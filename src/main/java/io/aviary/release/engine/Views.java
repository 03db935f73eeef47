package io.aviary.release.engine;

import io.aviary.release.RunView;
import io.aviary.release.StepView;
import io.aviary.release.masking.Masking;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Rows as everyone else sees them. */
@Component
class Views {

  private static final TypeReference<Map<String, Object>> OUTPUTS = new TypeReference<>() {};
  private final JsonMapper json;
  private final Masking masking;

  Views(JsonMapper json, Masking masking) {
    this.json = json;
    this.masking = masking;
  }

  RunView view(Run run) {
    return new RunView(
        run.id(),
        run.application,
        run.pipeline,
        run.status,
        run.ending,
        run.reason == null && run.pausedBy != null ? run.pausedBy : run.reason,
        run.revision,
        run.revision.substring(0, 7),
        run.branch,
        run.message,
        run.author,
        run.trigger,
        run.triggeredBy,
        run.createdAt,
        run.startedAt,
        run.finishedAt,
        run.parentId,
        run.childId,
        run.retryOf,
        run.paused,
        run.steps.stream().map(this::view).toList());
  }

  private Map<String, Object> outputs(Step step) {
    var shown = step.outputs != null ? step.outputs : step.data;
    // What a step remembers has to stay as it is for the step; what is shown of it has not.
    return shown == null
        ? Map.of()
        : masking.maskIn(json.readValue(shown, OUTPUTS)) instanceof Map<?, ?> masked
            ? json.convertValue(masked, OUTPUTS)
            : Map.of();
  }

  StepView view(Step step) {
    return new StepView(
        step.name,
        step.status,
        step.reason,
        step.startedAt,
        step.finishedAt,
        step.attempts,
        outputs(step),
        step.kind,
        step.subject,
        step.undo,
        step.awaits == null ? null : step.awaits.name(),
        step.takenFrom);
  }
}
