package io.aviary.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.definition.ApprovalDefinition;
import io.aviary.release.definition.CanaryDefinition;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.GateDefinition.OnInconclusive;
import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.definition.MetricDefinition;
import io.aviary.release.definition.PodsDefinition;
import io.aviary.release.definition.ProductionDefinition;
import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.release.definition.TestDefinition;
import io.aviary.release.definition.TrafficDefinition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

class DefinitionReaderTest {

  private static final String SMALLEST =
      """
      images:
        app: {name: otomato/ornithology}
      canary:
        manifests: [canary.yml]
      production:
        manifests: [production.yml]
      """;

  /** The smallest file with gates, of which each mistake's line can be counted. */
  private static final String GATES =
      """
      images:
        app: {name: otomato/ornithology}
        test: {name: otomato/ornitest, dockerfile: Dockerfile.test}
      canary:
        manifests: [canary.yml]
        gates:
      """;

  private static final String PRODUCTION = "production: {manifests: [production.yml]}\n";

  private static ReleaseDefinition definition(String text) {
    var result = DefinitionReader.read("aviary.yml", text);
    assertThat(result).isInstanceOf(DefinitionReader.Read.class);
    return ((DefinitionReader.Read) result).definition();
  }

  private static List<String> mistakes(String text) {
    return switch (DefinitionReader.read("aviary.yml", text)) {
      case DefinitionReader.Read _ -> List.of();
      case DefinitionReader.Mistakes found ->
          found.mistakes().stream().map(Mistake::toString).toList();
    };
  }

  private static List<String> mistakesOfGates(String gates) {
    return mistakes(GATES + gates.indent(4) + PRODUCTION);
  }

  @Test
  void readsTheFileOfTheReferenceApplication() throws Exception {
    var file = Path.of("examples/ornithology/aviary.yml");
    assertThat(definition(Files.readString(file)))
        .isEqualTo(
            new ReleaseDefinition(
                List.of(
                    new ImageDefinition(
                        "app",
                        "otomato/ornithology",
                        ".",
                        "Dockerfile",
                        null,
                        Map.of("VERSION", "$SHORT_REVISION"),
                        true,
                        "$SHORT_REVISION",
                        Duration.ofMinutes(15)),
                    new ImageDefinition(
                        "test",
                        "otomato/ornitest",
                        ".",
                        "Dockerfile.test",
                        null,
                        Map.of("VERSION", "$SHORT_REVISION"),
                        true,
                        "$SHORT_REVISION",
                        Duration.ofMinutes(15))),
                new CanaryDefinition(
                    List.of("orni-dep-canary.yml"),
                    null,
                    1,
                    Duration.ofMinutes(10),
                    List.of(
                        gate("testCanary", null, "/tests/it/canarytest.sh"),
                        gate("verifyCanaryInProd", 10.0, "/tests/it/version_verify.sh"))),
                new ProductionDefinition(
                    new ProductionDefinition.Files(List.of("orni-dep.yml")),
                    null,
                    Duration.ofMinutes(15)),
                new TrafficDefinition(TrafficDefinition.By.LABELS, null, 5),
                new PodsDefinition(Map.of(), Map.of(), null, Map.of())));
  }

  private static GateDefinition gate(String name, @Nullable Double traffic, String command) {
    return new GateDefinition(
        name,
        traffic,
        null,
        Duration.ofHours(1),
        new TestDefinition("test", List.of(command), Map.of(), Duration.ofMinutes(5)),
        List.of(),
        OnInconclusive.WAIT,
        null);
  }

  @Test
  void readsEveryKey() {
    var definition =
        definition(
            """
            images:
              app:
                name: otomato/ornithology
                context: services/birds
                dockerfile: docker/Dockerfile
                target: runtime
                args: {VERSION: $SHORT_REVISION, PORT: 5000, EMPTY: ""}
                tag: v-$SHORT_REVISION
                timeout: 1h30m
              other: {name: other, build: false, tag: latest}
            canary:
              deployment: birds
              replicas: 2
              timeout: 20m
              gates:
                - name: watchQuarter
                  traffic: 25
                  hold: 10m
                  timeout: 2h
                  test: {image: other, command: [sh, -c, "echo $HOME $(date)"], env: {A: $BRANCH}, timeout: 1m}
                  metrics:
                    - name: error-rate
                      bad: sum(increase(e{pod=~"$PODS"}[$WINDOW]))
                      all: sum(increase(a{pod=~"$PODS"}[$WINDOW]))
                      max: 1%
                      compare: baseline
                      direction: either
                      tolerance: 20%
                      every: 1m
                      min-samples: 5
                      min-requests: 200
                    - {name: latency-p99, query: 'l{pod=~"$PODS"}', min: 1ms, max: 500ms}
                    - {name: memory, query: m, max: 64KiB}
                    - {name: queue, query: q, min: 3}
                  on-inconclusive: roll-back
                  approval: {timeout: 4h, on-timeout: approve, people: 2, not-author: true}
                - {name: release manager, approval: {}}
            production:
              manifests: {helm: {chart: chart, values: [values.yml]}}
              service: birds
              timeout: 30m
            traffic: {by: gateway, route: birds, tolerance: 2.5}
            pods:
              resources: {limits: {cpu: 2, memory: 1Gi}, requests: {cpu: 500m}}
              service-account: builder
              node-selector: {kubernetes.io/arch: amd64}
            """);
    assertThat(definition.images().getFirst())
        .isEqualTo(
            new ImageDefinition(
                "app",
                "otomato/ornithology",
                "services/birds",
                "docker/Dockerfile",
                "runtime",
                Map.of("VERSION", "$SHORT_REVISION", "PORT", "5000", "EMPTY", ""),
                true,
                "v-$SHORT_REVISION",
                Duration.ofMinutes(90)));
    assertThat(definition.image("other").build()).isFalse();
    var gate = definition.canary().gates().getFirst();
    assertThat(gate.traffic()).isEqualTo(25);
    assertThat(gate.hold()).isEqualTo(Duration.ofMinutes(10));
    assertThat(gate.timeout()).isEqualTo(Duration.ofHours(2));
    assertThat(gate.onInconclusive()).isEqualTo(OnInconclusive.ROLL_BACK);
    assertThat(gate.test())
        .isEqualTo(
            new TestDefinition(
                "other",
                List.of("sh", "-c", "echo $HOME $(date)"),
                Map.of("A", "$BRANCH"),
                Duration.ofMinutes(1)));
    assertThat(gate.metrics().getFirst())
        .isEqualTo(
            new MetricDefinition(
                "error-rate",
                "sum(increase(e{pod=~\"$PODS\"}[$WINDOW]))",
                "sum(increase(a{pod=~\"$PODS\"}[$WINDOW]))",
                null,
                null,
                0.01,
                MetricDefinition.Compare.BASELINE,
                MetricDefinition.Direction.EITHER,
                0.2,
                Duration.ofMinutes(1),
                5,
                200,
                MetricDefinition.Unit.FRACTION));
    assertThat(gate.metrics().get(1))
        .isEqualTo(
            new MetricDefinition(
                "latency-p99",
                null,
                null,
                "l{pod=~\"$PODS\"}",
                0.001,
                0.5,
                null,
                MetricDefinition.Direction.HIGHER_IS_WORSE,
                0.1,
                Duration.ofSeconds(30),
                10,
                100,
                MetricDefinition.Unit.SECONDS));
    assertThat(gate.metrics().get(2).max()).isEqualTo(65536);
    assertThat(gate.metrics().get(2).unit()).isEqualTo(MetricDefinition.Unit.BYTES);
    assertThat(gate.metrics().get(3).unit()).isEqualTo(MetricDefinition.Unit.NONE);
    assertThat(gate.approval())
        .isEqualTo(
            new ApprovalDefinition(
                Duration.ofHours(4), ApprovalDefinition.OnTimeout.APPROVE, 2, true));
    assertThat(definition.canary().gates().get(1).approval())
        .isEqualTo(
            new ApprovalDefinition(
                Duration.ofHours(24), ApprovalDefinition.OnTimeout.REJECT, 1, false));
    assertThat(definition.canary().deployment()).isEqualTo("birds");
    assertThat(definition.canary().replicas()).isEqualTo(2);
    assertThat(definition.canary().timeout()).isEqualTo(Duration.ofMinutes(20));
    assertThat(definition.production())
        .isEqualTo(
            new ProductionDefinition(
                new ProductionDefinition.Helm("chart", List.of("values.yml")),
                "birds",
                Duration.ofMinutes(30)));
    assertThat(definition.traffic())
        .isEqualTo(new TrafficDefinition(TrafficDefinition.By.GATEWAY, "birds", 2.5));
    assertThat(definition.pods())
        .isEqualTo(
            new PodsDefinition(
                Map.of("cpu", "2", "memory", "1Gi"),
                Map.of("cpu", "500m"),
                "builder",
                Map.of("kubernetes.io/arch", "amd64")));
    assertThat(definition(SMALLEST.replace("[production.yml]", "{kustomize: overlays/prod}")))
        .extracting(read -> read.production().manifests())
        .isEqualTo(new ProductionDefinition.Kustomize("overlays/prod"));
  }

  @Test
  void readsTheSameFromTheConfiguration() throws Exception {
    var text = Files.readString(Path.of("examples/ornithology/aviary.yml"));
    var source =
        new YamlPropertySourceLoader()
            .load("test", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)));
    var environment = new StandardEnvironment();
    source.forEach(environment.getPropertySources()::addLast);
    // As Spring binds application.release: lists are maps with the keys 0, 1 …
    var release =
        Map.<String, Object>of(
            "canary", bind(environment, "canary"),
            "images", bind(environment, "images"),
            "production", bind(environment, "production"));
    assertThat(DefinitionReader.read(Example.application(null, release)))
        .isEqualTo(new DefinitionReader.Read(definition(text)));
  }

  private static Map<String, Object> bind(StandardEnvironment environment, String key) {
    return Binder.get(environment).bind(key, Bindable.mapOf(String.class, Object.class)).get();
  }

  @Test
  void saysWhereInTheConfigurationAMistakeIs() {
    var release =
        Map.<String, Object>of(
            "images", Map.of("app", Map.of("name", "otomato/ornithology", "build", "maybe")),
            "canary", Map.of("gates", Map.of("0", Map.of("name", "a", "approval", ""))),
            "production", Map.of("manifests", List.of("a.yml"), "service", "A"));
    assertThat(DefinitionReader.read(Example.application(null, release)))
        .isInstanceOfSatisfying(
            DefinitionReader.Mistakes.class,
            found ->
                assertThat(found.mistakes())
                    .extracting(Mistake::toString)
                    .containsExactlyInAnyOrder(
                        "aviary.applications[ornithology].release: images.app.build: must be true"
                            + " or false, but is the text 'maybe'",
                        "aviary.applications[ornithology].release: production.service: must be the"
                            + " name of a Service, but is 'A'"));
  }

  @Test
  void findsAllMistakesAtOnce() {
    assertThat(
            mistakes(
                """
                imagse: {}
                images:
                  app:
                    nmae: otomato/ornithology
                    build: yes
                    timeout: 15
                  test: [a]
                canary:
                  manifests: canary.yml
                  gates:
                    - name: testCanary
                      test: {image: tset, comand: [x]}
                    - traffic: lots
                production:
                  manifests: [../production.yml, a.yml, a.yml]
                  timeout: 15m
                  timeout: 16m
                """))
        .containsExactly(
            "aviary.yml:1: imagse: is not known; did you mean 'images'?",
            "aviary.yml:3: images.app.name: is missing; it is how the registry and the manifests"
                + " name the image",
            "aviary.yml:4: images.app.nmae: is not known; did you mean 'name'?",
            "aviary.yml:5: images.app.build: must be true or false, but is the text 'yes'",
            "aviary.yml:6: images.app.timeout: must be a duration such as 30s, 10m or 1h30m, but is"
                + " 15",
            "aviary.yml:7: images.test: must be a mapping, but is a list",
            "aviary.yml:9: canary.manifests: must be a list of texts, but is the text"
                + " 'canary.yml'",
            "aviary.yml:12: canary.gates[0].test.image: there is no image 'tset'; images are app,"
                + " test",
            "aviary.yml:12: canary.gates[0].test.comand: is not known; did you mean 'command'?",
            "aviary.yml:13: canary.gates[1].name: is missing; it is what the gate's step is called",
            "aviary.yml:13: canary.gates[1].traffic: must be a number, but is the text 'lots'",
            "aviary.yml:15: production.manifests[0]: must be a path in the repository, relative and"
                + " without .., but is '../production.yml'",
            "aviary.yml:15: production.manifests[2]: names 'a.yml' again",
            "aviary.yml:17: production.timeout: is there twice; the first is in line 16");
  }

  @Test
  void needsImagesAndProduction() {
    assertThat(mistakes("canary: {manifests: [a.yml]}"))
        .containsExactly(
            "aviary.yml:1: images: is missing; it is what is built from each commit",
            "aviary.yml:1: production: is missing; it is where production's manifests are");
    assertThat(mistakes("images: {}\nproduction: {timeout: 1m}\n"))
        .containsExactly(
            "aviary.yml:1: images: must have at least one image",
            "aviary.yml:2: production.manifests: is missing; it is the list of production's files");
    assertThat(mistakes("images:\nproduction:\n"))
        .containsExactly(
            "aviary.yml:1: images: must be a mapping, but is nothing",
            "aviary.yml:2: production: must be a mapping, but is nothing");
  }

  @Test
  void mustBeAMapping() {
    var what = "must be a mapping with images, canary and production, but is ";
    assertThat(mistakes("")).containsExactly("aviary.yml: " + what + "empty");
    assertThat(mistakes("# nothing\n")).containsExactly("aviary.yml: " + what + "empty");
    assertThat(mistakes("~\n")).containsExactly("aviary.yml:1: " + what + "nothing");
    assertThat(mistakes("\n- a\n")).containsExactly("aviary.yml:2: " + what + "a list");
    assertThat(mistakes("a: [")).singleElement().asString().contains("is not valid YAML");
    assertThat(mistakes(SMALLEST + "---\na: b\n"))
        .containsExactly("aviary.yml:8: has a second document; one is enough");
    assertThat(mistakes("#".repeat(300_000))).containsExactly("aviary.yml: is larger than 256 KiB");
  }

  @Test
  void checksImages() {
    assertThat(
            mistakes(
                """
                images:
                  a b: {name: one}
                  app: {name: Otomato/Ornithology}
                  App: {name: otomato/ornithology:latest}
                  c: {name: twice, tag: v$SHORT_REVISON}
                  d: {name: twice, tag: "a b"}
                  e: {name: e, context: /etc, dockerfile: ../Dockerfile, target: "a b"}
                  f: {name: f, build: false, dockerfile: x, args: {A: b}}
                  g: {name: g, args: {A-B: c, D: $BRACH, E: [f], G: }}
                  h: {name: h, timeout: 91d, context: ""}
                canary: {manifests: [a.yml]}
                production: {manifests: [b.yml]}
                """))
        .containsExactly(
            "aviary.yml:2: images.a b: cannot be part of a step's name; a key begins with a"
                + " letter, goes on with letters, digits, - and _, and has 40 at most",
            "aviary.yml:3: images.app.name: must be a repository such as otomato/ornithology, in"
                + " lower case and without registry, tag and digest, but is 'Otomato/Ornithology'",
            "aviary.yml:4: images.App: differs from 'app' in upper and lower case only",
            "aviary.yml:4: images.App.name: must be a repository such as otomato/ornithology, in"
                + " lower case and without registry, tag and digest, but is"
                + " 'otomato/ornithology:latest'",
            "aviary.yml:5: images.c.tag: there is no placeholder $SHORT_REVISON; did you mean"
                + " $SHORT_REVISION?",
            "aviary.yml:6: images.d.tag: must have only letters, digits, _, . and -, 128 at most,"
                + " but is 'a b'",
            "aviary.yml:6: images.d.name: is also the name of the image 'c'",
            "aviary.yml:7: images.e.context: must be a path in the repository, relative and without"
                + " .., but is '/etc'",
            "aviary.yml:7: images.e.dockerfile: must be a path in the repository, relative and"
                + " without .., but is '../Dockerfile'",
            "aviary.yml:7: images.e.target: is no name of a stage: 'a b'",
            "aviary.yml:8: images.f.dockerfile: has no effect, because with build: false it is"
                + " built elsewhere",
            "aviary.yml:8: images.f.args: has no effect, because with build: false it is built"
                + " elsewhere",
            "aviary.yml:9: images.g.args.E: must be a text, but is a list",
            "aviary.yml:9: images.g.args.G: must be a text, but is nothing",
            "aviary.yml:9: images.g.args.A-B: is no name of a build argument; letters, digits and _"
                + " make one",
            "aviary.yml:9: images.g.args.D: there is no placeholder $BRACH; did you mean $BRANCH?",
            "aviary.yml:10: images.h.context: is empty",
            "aviary.yml:10: images.h.timeout: must be at most 90d, but is '91d'");
  }

  @Test
  void checksNamesOfGates() {
    assertThat(
            mistakesOfGates(
                """
                - {name: testCanary, hold: 1m}
                - {name: TestCanary, hold: 1m}
                - {name: readSource, hold: 1m}
                - {name: rollbackCanary, hold: 1m}
                - {name: rollbackCanary2, hold: 1m}
                - {name: buildTestImage, hold: 1m}
                - {name: a/b, hold: 1m}
                - {name: release manager, hold: 1m}
                - {name: Prüfung 2.1, hold: 1m}
                """))
        .containsExactly(
            "aviary.yml:8: canary.gates[1].name: 'TestCanary' is already the name of another gate",
            "aviary.yml:9: canary.gates[2].name: 'readSource' is already the name of a step of"
                + " every run",
            "aviary.yml:10: canary.gates[3].name: 'rollbackCanary' is already the name of a step of"
                + " every run",
            "aviary.yml:11: canary.gates[4].name: 'rollbackCanary2' is already the name of a step"
                + " of every run",
            "aviary.yml:12: canary.gates[5].name: 'buildTestImage' is already the name of a step of"
                + " the image test",
            "aviary.yml:13: canary.gates[6].name: must have only letters, digits, spaces, ., _ and"
                + " -, 63 at most, and begin and end with a letter or digit, but is 'a/b'");
  }

  @Test
  void checksWhatGatesDo() {
    assertThat(
            mistakesOfGates(
                """
                - {name: a}
                - {name: b, traffic: 0}
                - {name: c, traffic: 100.5}
                - {name: d, traffic: 25}
                - {name: e, traffic: 10}
                - {name: f, traffic: 25}
                - {name: g, hold: 2h}
                - {name: h, timeout: 1m, test: {image: test}}
                - {name: i, traffic: "50"}
                - {name: j, test: {image: test, command: [echo, $SHORT_REVISON], env: {B-C: d}}}
                - {name: k, approval: {people: 0, on-timeout: maybe, not-author: 1, timeout: never}}
                - {name: l, on-inconclusive: wait}
                - {name: m, test: {command: run}}
                - n
                - {name: o, hold: 1h}
                - {name: p, timeout: 5m, approval: {}}
                """))
        .containsExactly(
            "aviary.yml:7: canary.gates[0]: does nothing; give it traffic, hold, test, metrics or"
                + " approval",
            "aviary.yml:8: canary.gates[1].traffic: must be above 0 and at most 100, but is 0",
            "aviary.yml:9: canary.gates[2].traffic: must be above 0 and at most 100, but is 100.5",
            "aviary.yml:11: canary.gates[4].traffic: goes down from 25 to 10; from gate to gate the"
                + " share stays or grows",
            "aviary.yml:13: canary.gates[6].hold: of 2h is longer than the gate's timeout of 1h",
            "aviary.yml:14: canary.gates[7].test.timeout: of 5m is longer than the gate's timeout"
                + " of 1m",
            "aviary.yml:15: canary.gates[8].traffic: must be a number, but is the text '50'",
            "aviary.yml:16: canary.gates[9].test.command[1]: there is no placeholder"
                + " $SHORT_REVISON; did you mean $SHORT_REVISION?",
            "aviary.yml:16: canary.gates[9].test.env.B-C: is no name of an environment variable;"
                + " letters, digits and _ make one",
            "aviary.yml:17: canary.gates[10].approval.timeout: must be a duration such as 30s, 10m"
                + " or 1h30m, but is the text 'never'",
            "aviary.yml:17: canary.gates[10].approval.on-timeout: must be reject or approve, but is"
                + " the text 'maybe'",
            "aviary.yml:17: canary.gates[10].approval.people: must be a whole number, 1 or more,"
                + " but is 0",
            "aviary.yml:17: canary.gates[10].approval.not-author: must be true or false, but is 1",
            "aviary.yml:18: canary.gates[11]: does nothing; give it traffic, hold, test, metrics or"
                + " approval",
            "aviary.yml:18: canary.gates[11].on-inconclusive: has no effect without metrics",
            "aviary.yml:19: canary.gates[12].test.image: is missing; it is the key of the image"
                + " that has the test",
            "aviary.yml:19: canary.gates[12].test.command: must be a list of texts, but is the text"
                + " 'run'",
            "aviary.yml:20: canary.gates[13]: must be a mapping, but is the text 'n'",
            "aviary.yml:21: canary.gates[14].hold: of 1h leaves the gate's timeout no time to reach"
                + " the share; give a longer timeout",
            "aviary.yml:22: canary.gates[15].timeout: has no effect, because nothing here takes"
                + " time but the approval; give it approval.timeout");
  }

  @Test
  void checksMetrics() {
    assertThat(
            mistakesOfGates(
                """
                - name: alone
                  metrics:
                  - {name: a, query: q, max: 1, compare: baseline}
                - name: shared
                  traffic: 10
                  metrics:
                  - {name: b, bad: x, max: 1%}
                  - {name: c, all: x, max: 1%}
                  - {name: d, bad: x, all: x, query: x, max: 1%}
                  - {name: e, max: 1%}
                  - {name: f, query: x}
                  - {name: g, query: x, max: 5 apples}
                  - {name: h, query: x, min: 2, max: 1}
                  - {name: i, query: x, min: 1ms, max: 1%}
                  - {name: j, bad: x, all: x, max: 200%}
                  - {name: k, bad: x, all: x, max: 500ms}
                  - {name: l, query: x, max: 1, direction: either, tolerance: 5%}
                  - {name: m, query: x, compare: baseline}
                  - {name: n, query: x$PODS, compare: canary, tolerance: 5s}
                  - {name: o, query: x$POD, max: 1}
                  - {name: p, query: x, max: 1, every: 500ms}
                  - {name: q, query: x, max: 1, every: 10m}
                  - {name: r, query: x, max: 1, min-samples: 1000}
                  - {name: R, query: x, max: 1, min-requests: many}
                - {name: empty, metrics: []}
                """))
        .containsExactly(
            "aviary.yml:9: canary.gates[0].metrics[0].compare: needs traffic: neither this gate nor"
                + " one before it gives the canary a share, so there is nothing to compare",
            "aviary.yml:9: canary.gates[0].metrics[0].query: must have $PODS, so that compare can"
                + " ask for the canary's pods and the others",
            "aviary.yml:13: canary.gates[1].metrics[0].bad: needs 'all': how many there were with"
                + " the good ones",
            "aviary.yml:14: canary.gates[1].metrics[1].all: needs 'bad': how many of them were bad",
            "aviary.yml:15: canary.gates[1].metrics[2].query: stands for samples, bad and all for"
                + " counts; a metric has one of both",
            "aviary.yml:16: canary.gates[1].metrics[3]: measures nothing; give it a query, or bad"
                + " and all",
            "aviary.yml:17: canary.gates[1].metrics[4]: judges nothing; give it max, min or"
                + " compare",
            "aviary.yml:18: canary.gates[1].metrics[5].max: must be a number, alone or with a unit:"
                + " 1%, 500ms, 2s, 64KiB, 5MB, but is the text '5 apples'",
            "aviary.yml:19: canary.gates[1].metrics[6].min: is above max, so that nothing can hold",
            "aviary.yml:20: canary.gates[1].metrics[7].min: has another unit than max",
            "aviary.yml:21: canary.gates[1].metrics[8].max: must be from 0% to 100%, because it"
                + " limits bad of all",
            "aviary.yml:22: canary.gates[1].metrics[9].max: must be a part such as 1% or 0.01,"
                + " because it limits bad of all",
            "aviary.yml:23: canary.gates[1].metrics[10].direction: has no effect without compare",
            "aviary.yml:23: canary.gates[1].metrics[10].tolerance: has no effect without compare",
            "aviary.yml:24: canary.gates[1].metrics[11].query: must have $PODS, so that compare can"
                + " ask for the canary's pods and the others",
            "aviary.yml:25: canary.gates[1].metrics[12].compare: must be baseline or production,"
                + " but is the text 'canary'",
            "aviary.yml:25: canary.gates[1].metrics[12].tolerance: must be a part such as 10% or"
                + " 0.1",
            "aviary.yml:26: canary.gates[1].metrics[13].query: there is no placeholder $POD; did"
                + " you mean $PODS?",
            "aviary.yml:27: canary.gates[1].metrics[14].every: must be whole seconds",
            "aviary.yml:28: canary.gates[1].metrics[15].every: asks for 10 samples, one every 10m,"
                + " which takes longer than the gate's timeout of 1h",
            "aviary.yml:29: canary.gates[1].metrics[16].min-samples: asks for 1000 samples, one"
                + " every 30s, which takes longer than the gate's timeout of 1h",
            "aviary.yml:30: canary.gates[1].metrics[17].min-requests: must be a whole number, 1 or"
                + " more, but is the text 'many'",
            "aviary.yml:30: canary.gates[1].metrics[17].name: 'R' is there twice in this gate",
            "aviary.yml:31: canary.gates[2].metrics: must have at least one metric");
  }

  @Test
  void checksCanaryTrafficProductionAndPods() {
    assertThat(
            mistakes(
                """
                images: {app: {name: a}}
                canary: {manifests: [a.yml], replicas: 2, deployment: A_B}
                production: {manifests: []}
                traffic: {by: ingress, tolerance: 100}
                pods:
                  resources: {limits: {cpu: lots}, limit: {}}
                  service-account: A
                """))
        .containsExactly(
            "aviary.yml:2: canary.deployment: must be the name of a Deployment of production's, but"
                + " is 'A_B'",
            "aviary.yml:2: canary.replicas: is for a canary without manifests; here they say how"
                + " many it has",
            "aviary.yml:3: production.manifests: must name at least one file",
            "aviary.yml:4: traffic.route: is missing; it is the Ingress whose traffic is shared",
            "aviary.yml:4: traffic.tolerance: must be points from 0 to below 100, but is 100",
            "aviary.yml:6: pods.resources.limits.cpu: must be a quantity such as 500m, 2 or 1Gi,"
                + " but is 'lots'",
            "aviary.yml:6: pods.resources.limit: is not known; did you mean 'limits'?",
            "aviary.yml:7: pods.service-account: must be the name of a ServiceAccount, but is"
                + " 'A'");
    assertThat(mistakes(SMALLEST + "traffic: {route: birds}\n"))
        .containsExactly(
            "aviary.yml:7: traffic.route: has no effect with by: labels; it is for gateway and"
                + " ingress");
    var rendered =
        Map.of(
            "{}", "production.manifests: must be a list of files, or have helm or kustomize",
            "{helm: {}}", "production.manifests.helm.chart: is missing; it is the chart's folder",
            "{helm: {chart: a}, kustomize: b}",
                "production.manifests: stands for one thing: helm or kustomize",
            "{kustomise: b}",
                "production.manifests.kustomise: is not known; did you mean 'kustomize'?");
    rendered.forEach(
        (manifests, mistake) ->
            assertThat(mistakes(SMALLEST.replace("[production.yml]", manifests)))
                .contains("aviary.yml:6: " + mistake));
  }
}
