package io.aviary.pipeline;

import io.aviary.gates.TestPod;
import io.aviary.images.PushedImage;
import io.aviary.kubernetes.Cluster.Reading;
import io.aviary.kubernetes.Cluster.TaskSpec;
import io.aviary.kubernetes.Names;
import io.aviary.release.AviaryProperties;
import io.aviary.release.Placeholders;
import io.aviary.release.definition.TestDefinition;
import io.aviary.release.step.StepContext;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The pods of the gates' tests. */
@Component
class GateTests {

  private final Targets targets;
  private final AviaryProperties properties;

  GateTests(Targets targets, AviaryProperties properties) {
    this.targets = targets;
    this.properties = properties;
  }

  /** Asks the cluster already for the pod, where there may be one. */
  void ahead(StepContext<GateProgress> step) {
    var pod = new Reading.OfTask(name(step), false);
    targets.cluster(step).ahead(targets.namespace(step), List.of(pod));
  }

  private static String name(StepContext<GateProgress> step) {
    return Names.object("aviary", String.valueOf(step.run().id()), step.name());
  }

  /** The pod of this gate, for one call. */
  TestPod pod(StepContext<GateProgress> step, TestDefinition test, GateProgress progress) {
    return new TestPod(
        targets.cluster(step),
        spec(step, test),
        progress.test(),
        step.now(),
        (text, next) -> step.log(text, progress.with(next)));
  }

  private TaskSpec spec(StepContext<GateProgress> step, TestDefinition test) {
    var run = step.run();
    var image =
        step.result(step.definition().image(test.image()).pushStep(), PushedImage.class)
            .orElseThrow(
                () -> new IllegalStateException("the image " + test.image() + " is not there"));
    var pods = step.definition().pods();
    var placeholders = new Placeholders(run.revision(), run.branch(), run.id());
    return new TaskSpec(
        targets.namespace(step),
        name(step),
        false,
        image.reference(),
        test.command().stream().map(placeholders::replaceIn).toList(),
        List.of(),
        placeholders.replaceIn(test.env()),
        Map.of(),
        Map.of(),
        List.of(),
        pods.limits(),
        pods.requests(),
        pods.serviceAccount(),
        pods.nodeSelector(),
        properties.build().registrySecret(),
        false,
        false,
        test.timeout(),
        Names.labels(run.application(), run.id()));
  }
}
