package io.aviary.web.ui;

import io.aviary.release.RunView;
import io.aviary.release.StepStatus;
import io.aviary.release.StepView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One of the few parts into which people divide a run: steps that belong together.
 *
 * @param style done, now, wait, bad, skipped or to-come
 */
record Phase(String name, String style, String icon, String note, @Nullable Instant runningSince) {

  /** In the plan's order; rollback branches are no phases: they show in the one that failed. */
  static List<Phase> of(RunView run, Words words) {
    var groups = new LinkedHashMap<String, List<StepView>>();
    for (var step : run.steps()) {
      if (!step.undo()) {
        groups.computeIfAbsent(name(step), name -> new ArrayList<>()).add(step);
      }
    }
    return groups.entrySet().stream()
        .map(entry -> phase(entry.getKey(), entry.getValue(), words))
        .toList();
  }

  private static String name(StepView step) {
    return switch (step.kind()) {
      case "readSource" -> "Source";
      case "buildImage", "pushImage" -> "Images";
      case "deployCanary" -> "Canary up";
      case "triggerProdDeployment" -> "Production";
      case "deployToK8s" -> "Applied";
      case "awaitRollout" -> "Rolled over";
      case "retireCanary" -> "Canary retired";
      default -> step.name();
    };
  }

  private static Phase phase(String name, List<StepView> steps, Words words) {
    var status = worst(steps);
    var begun =
        steps.stream()
            .map(StepView::startedAt)
            .filter(Objects::nonNull)
            .min(Comparator.naturalOrder())
            .orElse(null);
    var ended =
        steps.stream()
            .map(StepView::finishedAt)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder())
            .orElse(null);
    var running = status == StepStatus.RUNNING || status == StepStatus.WAITING ? begun : null;
    return new Phase(
        name, style(status), State.of(status).style(), note(status, begun, ended, words), running);
  }

  /** What one sees first of several: a failure, then what goes on, then what is to come. */
  private static StepStatus worst(List<StepView> steps) {
    var order =
        List.of(
            StepStatus.FAILED,
            StepStatus.CANCELLED,
            StepStatus.RUNNING,
            StepStatus.WAITING,
            StepStatus.PENDING,
            StepStatus.SUCCEEDED);
    var all = steps.stream().map(StepView::status).toList();
    var found = order.stream().filter(all::contains).findFirst().orElse(StepStatus.SKIPPED);
    var hasBegun = all.contains(StepStatus.SUCCEEDED) || all.contains(StepStatus.SKIPPED);
    return found == StepStatus.PENDING && hasBegun ? StepStatus.RUNNING : found;
  }

  private static String style(StepStatus status) {
    return switch (status) {
      case FAILED -> "bad";
      case RUNNING -> "now";
      case WAITING -> "wait";
      case SUCCEEDED -> "done";
      case PENDING -> "to-come";
      case SKIPPED, CANCELLED -> "skipped";
    };
  }

  private static String note(
      StepStatus status, @Nullable Instant begun, @Nullable Instant ended, Words words) {
    return switch (status) {
      case PENDING -> "to come";
      case SKIPPED -> "skipped";
      case CANCELLED -> "stopped";
      case RUNNING, WAITING, SUCCEEDED, FAILED ->
          begun == null
              ? ""
              : words.took(
                  begun,
                  status == StepStatus.SUCCEEDED || status == StepStatus.FAILED ? ended : null);
    };
  }
}
