package io.aviary.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.aviary.source.helm.ChartRenderer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The reference application, and what becomes of it when one thing is changed. */
class ReleaseReaderTest {

  private static final String AVIARY = "aviary.yml";
  private static final String CANARY = "orni-dep-canary.yml";
  private static final String PRODUCTION = "orni-dep.yml";

  /** A container's beginning, in both files' Deployments. */
  private static final String IMAGE = "        image: otomato/ornithology:BUILD_NUMBER\n";

  private final FakeCheckout commit = FakeCheckout.of(Path.of("examples/ornithology"));

  private ReleaseReader.Result result(Map<String, Object> release, String... allowKinds) {
    return Example.reader(null, new ChartRenderer())
        .read(Example.application(null, release, allowKinds), commit);
  }

  private ReleaseReader.Read read(String... allowKinds) {
    return Example.read(result(Map.of(), allowKinds));
  }

  private List<String> mistakes() {
    return Example.mistakes(result(Map.of()));
  }

  /** Adds an object to production's manifests, which begins in line 44. */
  private List<String> mistakesWith(String object) {
    commit.edit(PRODUCTION, "  minReadySeconds: 5\n", "  minReadySeconds: 5\n---\n" + object);
    return mistakes();
  }

  /** Adds lines to the pod spec of production's Deployment, from line 32 on. */
  private List<String> mistakesWithPod(String spec) {
    commit.edit(PRODUCTION, "    spec:\n", "    spec:\n" + spec.indent(6));
    return mistakes();
  }

  @Test
  void theReferenceApplicationCanBeReleased() {
    var read = read();
    assertThat(read.canaryDeployment()).isEqualTo("ornithology-canary");
    assertThat(read.productionDeployment()).isEqualTo("ornithology");
    assertThat(read.service()).isEqualTo("ornithology");
    assertThat(read.definition().canary().gates()).hasSize(2);
    var manifests = read.manifests();
    assertThat(manifests.canary())
        .extracting(Manifest::file, Manifest::line, Manifest::kind, Manifest::name)
        .containsExactly(
            tuple(CANARY, 1, "Service", "ornithology-canary"),
            tuple(CANARY, 17, "Deployment", "ornithology-canary"));
    assertThat(manifests.production())
        .extracting(Manifest::apiVersion, Manifest::line)
        .containsExactly(tuple("v1", 1), tuple("extensions/v1beta1", 20));
    assertThat(Manifests.whichImages(read.definition(), manifests.canary())).containsExactly("app");
    assertThat(manifests.production().getFirst().content())
        .isEqualTo(
            Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Service",
                "metadata",
                Map.of(
                    "name",
                    "ornithology",
                    "labels",
                    Map.of("app", "ornithology", "production", "ready")),
                "spec",
                Map.of(
                    "ports",
                    List.of(Map.of("port", 5000, "protocol", "TCP", "targetPort", 5000)),
                    "selector",
                    Map.of("app", "ornithology", "production", "ready"),
                    "type",
                    "LoadBalancer",
                    "loadBalancerSourceRanges",
                    List.of("0.0.0.0/0"))));
  }

  @Test
  void theBuildNumberIsReplacedInTextsOnly() {
    for (var revision : List.of("1234567", "12e4567", "2a034bf")) {
      var content =
          Manifests.withBuildNumber(
              Map.of(
                  "BUILD_NUMBER",
                  1,
                  "a",
                  List.of("BUILD_NUMBER", Map.of("b", "v-BUILD_NUMBER.BUILD_NUMBER"), true)),
              revision);
      assertThat(content)
          .isEqualTo(
              Map.of(
                  "BUILD_NUMBER",
                  1,
                  "a",
                  List.of(revision, Map.of("b", "v-" + revision + "." + revision), true)));
    }
  }

  @Test
  void imagesAreComparedWithoutTagAndDigest() {
    assertThat(
            List.of(
                "otomato/ornithology",
                "otomato/ornithology:BUILD_NUMBER",
                "otomato/ornithology@sha256:12",
                "otomato/ornithology:1@sha256:12"))
        .allMatch(reference -> Manifests.imageName(reference).equals("otomato/ornithology"));
    assertThat(Manifests.imageName("registry:5000/a")).isEqualTo("registry:5000/a");
    assertThat(Manifests.imageName("registry:5000/a:b")).isEqualTo("registry:5000/a");
  }

  @Test
  void aDefinitionOfTheOperatorsTakesTheFilesPlace() {
    var release =
        Map.<String, Object>of(
            "images", Map.of("app", Map.of("name", "otomato/ornithology")),
            "canary", Map.of("manifests", List.of(CANARY)),
            "production", Map.of("manifests", Map.of("0", PRODUCTION)));
    commit.delete(AVIARY);
    assertThat(result(release)).isInstanceOf(ReleaseReader.Read.class);
    commit.delete(PRODUCTION);
    assertThat(result(release))
        .isInstanceOfSatisfying(
            ReleaseReader.Mistakes.class,
            found ->
                assertThat(found.mistakes())
                    .extracting(Mistake::toString)
                    .containsExactly(
                        "aviary.applications[ornithology].release: production.manifests[0]: there"
                            + " is no file 'orni-dep.yml' in commit "
                            + FakeCheckout.REVISION));
  }

  @Test
  void theDefinitionMayBeMissing() {
    commit.delete(AVIARY);
    assertThat(mistakes())
        .containsExactly(
            "aviary.yml: is not in commit "
                + FakeCheckout.REVISION
                + "; add it, or configure aviary.applications[].release");
    commit.write("aviary.yaml", "");
    assertThat(mistakes()).singleElement().asString().endsWith("; rename aviary.yaml");
  }

  @Test
  void filesThatAreNamedMustBeThere() {
    commit.delete("Dockerfile.test").edit(AVIARY, "[orni-dep.yml]", "[orni-depp.yml, gone/x.yml]");
    commit.edit(AVIARY, "    name: otomato/ornithology\n", "    {name: otomato/ornithology}\n");
    commit.edit(
        AVIARY,
        "    {name: otomato/ornithology}\n",
        "    name: otomato/ornithology\n    context: birds\n");
    assertThat(mistakes())
        .containsExactly(
            "aviary.yml:5: images.app.context: there is no folder 'birds' in commit "
                + FakeCheckout.REVISION,
            "aviary.yml:9: images.test.dockerfile: there is no file 'Dockerfile.test' in commit "
                + FakeCheckout.REVISION,
            "aviary.yml:20: production.manifests[0]: there is no file 'orni-depp.yml' in commit "
                + FakeCheckout.REVISION
                + "; did you mean 'orni-dep.yml'?",
            "aviary.yml:20: production.manifests[1]: there is no file 'gone/x.yml' in commit "
                + FakeCheckout.REVISION);
  }

  @Test
  void aFileThatIsRefusedIsAMistakeAndAFaultIsNot() {
    commit.fail(PRODUCTION, new SourceException("it is a link", true, null));
    assertThat(mistakes()).containsExactly("aviary.yml:19: production.manifests[0]: it is a link");
    var fault = new SourceException("no answer", false, null);
    commit.fail(PRODUCTION, fault);
    assertThatExceptionOfType(SourceException.class).isThrownBy(this::mistakes).isSameAs(fault);
  }

  @Test
  void mistakesOfAllFilesAreFoundAtOnce() {
    commit
        .edit(AVIARY, "timeout: 5m", "timeuot: 5m")
        .edit(CANARY, "kind: Service", "kind: Servce")
        .edit(CANARY, "  sessionAffinity: None", "  sessionAffinity: None\n  type: ClusterIP")
        .write(PRODUCTION, "a: [");
    assertThat(mistakes())
        .containsExactly(
            "aviary.yml:14: canary.gates[0].test.timeuot: is not known; did you mean 'timeout'?",
            "aviary.yml:17: canary.gates[1].test.timeuot: is not known; did you mean 'timeout'?",
            "orni-dep-canary.yml:2: kind: 'Servce' is not allowed; did you mean Service?",
            "orni-dep-canary.yml:16: spec.type: is there twice; the first is in line 15",
            "orni-dep.yml:1: is not valid YAML: while parsing a flow node, expected the node"
                + " content, but found '<stream end>' (column 5)");
  }

  @Test
  void metricsNeedAServerAndAFolderMustBeThere() {
    commit.write(
        AVIARY,
        """
        images: {app: {name: otomato/ornithology}}
        canary:
          gates:
            - {name: a, hold: 1m}
            - {name: b, metrics: [{name: c, query: q, max: 1}]}
            - {name: d, approval: {}}
        production: {manifests: {kustomize: prod}}
        traffic: {by: gateway, route: birds}
        """);
    assertThat(mistakes())
        .containsExactly(
            "aviary.yml:5: canary.gates[1].metrics: need a metrics server; an operator names it with"
                + " aviary.prometheus.url",
            "aviary.yml:7: production.manifests.kustomize: there is no folder 'prod' in commit "
                + FakeCheckout.REVISION);
  }

  // ---- single objects

  @Test
  void anObjectHasAKindAVersionAndAName() {
    assertThat(mistakesWith("metadata: {}\n---\n- a\n---\n# nothing\n"))
        .containsExactly(
            "orni-dep.yml:44: apiVersion: is missing, or no text",
            "orni-dep.yml:44: kind: is missing, or no text",
            "orni-dep.yml:44: metadata.name: is missing, or no text",
            "orni-dep.yml:46: must be a mapping with kind and apiVersion, but is a list");
  }

  @Test
  void aFileHasAManifest() {
    commit.write(PRODUCTION, "# nothing\n");
    assertThat(mistakes())
        .containsExactly(
            "aviary.yml:19: production.manifests[0]: names 'orni-dep.yml', which has no manifest in"
                + " it");
  }

  @Test
  void anObjectIsOfAnAllowedKind() {
    var objects =
        """
        {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: a}}
        ---
        {apiVersion: v1, kind: List, items: [], metadata: {name: b}}
        ---
        {apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: c}}
        ---
        {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: d}}
        """;
    assertThat(mistakesWith(objects))
        .containsExactly(
            "orni-dep.yml:44: kind: 'ClusterRole' is not allowed; allowed are ConfigMap, CronJob,"
                + " Deployment, HTTPRoute, HorizontalPodAutoscaler, Ingress, Job, NetworkPolicy,"
                + " PersistentVolumeClaim, PodDisruptionBudget, Secret, Service, ServiceAccount,"
                + " StatefulSet, and what the operator adds with allow-kinds",
            "orni-dep.yml:46: kind: List is not read; write its items one after the other, with"
                + " --- between them",
            "orni-dep.yml:48: apiVersion: must be networking.k8s.io/v1 for kind Ingress, but is"
                + " 'extensions/v1beta1'",
            "orni-dep.yml:50: kind: 'DaemonSet' is not allowed; allowed are ConfigMap, CronJob,"
                + " Deployment, HTTPRoute, HorizontalPodAutoscaler, Ingress, Job, NetworkPolicy,"
                + " PersistentVolumeClaim, PodDisruptionBudget, Secret, Service, ServiceAccount,"
                + " StatefulSet, and what the operator adds with allow-kinds");
    assertThat(
            read("DaemonSet", "rbac.authorization.k8s.io/v1/ClusterRole", "List", "Ingress")
                .manifests()
                .production())
        .hasSize(6);
  }

  @Test
  void anObjectIsInTheApplicationsNamespace() {
    var objects =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: A_B
          namespace: kube-system
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          generateName: a-
          namespace: [otom8]
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: a-BUILD_NUMBER, namespace: otom8}}
        """;
    assertThat(mistakesWith(objects))
        .containsExactly(
            "orni-dep.yml:47: metadata.name: must have only lower case letters, digits, - and .,"
                + " but is 'A_B'",
            "orni-dep.yml:48: metadata.namespace: must be left out, or be the application's:"
                + " 'otom8'",
            "orni-dep.yml:53: metadata.generateName: makes a new object each time; use"
                + " metadata.name",
            "orni-dep.yml:54: metadata.namespace: must be left out, or be the application's:"
                + " 'otom8'");
  }

  @Test
  void aPodGainsNoPowerOverItsNode() {
    assertThat(
            mistakesWithPod(
                """
                hostNetwork: true
                hostPID: yes
                hostIPC: false
                volumes:
                - name: a
                  hostPath: {path: /}
                initContainers:
                - name: b
                  image: busybox
                  securityContext:
                    privileged: true
                    allowPrivilegeEscalation: true
                    capabilities: {add: [NET_ADMIN, CAP_CHOWN, NET_BIND_SERVICE, [ALL]]}
                """))
        .containsExactly(
            "orni-dep.yml:32: spec.template.spec.hostNetwork: is not allowed: the node is not"
                + " yours",
            "orni-dep.yml:33: spec.template.spec.hostPID: is not allowed: the node is not yours",
            "orni-dep.yml:37: spec.template.spec.volumes[0].hostPath: is not allowed: the node is"
                + " not yours; use a PersistentVolumeClaim or emptyDir",
            "orni-dep.yml:42: spec.template.spec.initContainers[0].securityContext.privileged: is"
                + " not allowed",
            "orni-dep.yml:43:"
                + " spec.template.spec.initContainers[0].securityContext.allowPrivilegeEscalation:"
                + " is not allowed",
            "orni-dep.yml:44:"
                + " spec.template.spec.initContainers[0].securityContext.capabilities.add[0]: is not"
                + " allowed; a container may add AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID,"
                + " KILL, MKNOD, NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID, SYS_CHROOT",
            "orni-dep.yml:44:"
                + " spec.template.spec.initContainers[0].securityContext.capabilities.add[3]: is not"
                + " allowed; a container may add AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, FSETID,"
                + " KILL, MKNOD, NET_BIND_SERVICE, SETFCAP, SETGID, SETPCAP, SETUID, SYS_CHROOT");
  }

  @Test
  void podsOfEveryKindAreLookedAt() {
    var objects =
        """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: a}
        spec: {jobTemplate: {spec: {template: {spec: {hostPID: true, containers: [{name: a}]}}}}}
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: b}
        spec: {template: {spec: {hostIPC: true, containers: [{name: a}]}}}
        """;
    commit.edit(PRODUCTION, "  minReadySeconds: 5\n", "  minReadySeconds: 5\n---\n" + objects);
    assertThat(result(Map.of(), "Rollout"))
        .isInstanceOfSatisfying(
            ReleaseReader.Mistakes.class,
            found ->
                assertThat(found.mistakes())
                    .extracting(Mistake::line, Mistake::key)
                    .containsExactly(
                        tuple(47, "spec.jobTemplate.spec.template.spec.hostPID"),
                        tuple(52, "spec.template.spec.hostIPC")));
  }

  @Test
  void aviarysSecretsAreItsOwn() {
    var pod =
        """
        imagePullSecrets: [{name: mine}, {name: regcred}]
        volumes:
        - {name: a, secret: {secretName: aviary-git}}
        - {name: b, projected: {sources: [{secret: {name: aviary-git}}]}}
        - {name: c, csi: {nodePublishSecretRef: {name: aviary-git}}}
        initContainers:
        - name: d
          envFrom: [{secretRef: {name: aviary-git}}, {secretRef: {name: mine}}]
          env:
          - {name: e, valueFrom: {secretKeyRef: {name: aviary-git, key: f}}}
          - {name: e, valueFrom: {configMapKeyRef: {name: aviary-git, key: f}}}
        """;
    var objects =
        """
        {apiVersion: v1, kind: Secret, metadata: {name: aviary-git}}
        ---
        {apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, secrets: [{name: aviary-git}]}
        ---
        {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {tls: [{secretName: regcred}]}}
        ---
        {apiVersion: v1, kind: Secret, metadata: {name: mine}}
        """;
    commit.edit(PRODUCTION, "  minReadySeconds: 5\n", "  minReadySeconds: 5\n---\n" + objects);
    var own = "' is a Secret of Aviary's own, which adds it by itself where it is needed";
    assertThat(mistakesWithPod(pod))
        .containsExactly(
            "orni-dep.yml:32: spec.template.spec.imagePullSecrets[1].name: 'regcred" + own,
            "orni-dep.yml:34: spec.template.spec.volumes[0].secret.secretName: 'aviary-git" + own,
            "orni-dep.yml:35: spec.template.spec.volumes[1].projected.sources[0].secret.name:"
                + " 'aviary-git"
                + own,
            "orni-dep.yml:36: spec.template.spec.volumes[2].csi.nodePublishSecretRef.name:"
                + " 'aviary-git"
                + own,
            "orni-dep.yml:39: spec.template.spec.initContainers[0].envFrom[0].secretRef.name:"
                + " 'aviary-git"
                + own,
            "orni-dep.yml:41: spec.template.spec.initContainers[0].env[0].valueFrom.secretKeyRef.name:"
                + " 'aviary-git"
                + own,
            "orni-dep.yml:55: metadata.name: 'aviary-git' is a Secret of Aviary's own",
            "orni-dep.yml:57: secrets[0].name: 'aviary-git" + own,
            "orni-dep.yml:59: spec.tls[0].secretName: 'regcred" + own);
  }

  @Test
  void aviarysLabelsAreItsOwn() {
    commit.edit(
        PRODUCTION,
        "        production: ready\n",
        "        production: ready\n        aviary.io/run: '7'\n");
    assertThat(mistakes())
        .containsExactly(
            "orni-dep.yml:31: spec.template.metadata.labels.aviary.io/run: is for Aviary alone,"
                + " which finds its objects by it");
  }

  @Test
  void nothingIsNoValueWhereItWouldCount() {
    var objects =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: a, labels: }
        data:
          empty:
          list: ""
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: b}
        spec: {rules: [ ~ ]}
        """;
    assertThat(mistakesWith(objects))
        .containsExactly(
            "orni-dep.yml:48: data.empty: is nothing; write \"\" for an empty text",
            "orni-dep.yml:54: spec.rules[0]: is nothing; leave it out");
  }

  @Test
  void aDeploymentSelectsItsOwnPods() {
    commit.edit(PRODUCTION, "extensions/v1beta1", "apps/v1");
    assertThat(mistakes())
        .containsExactly(
            "orni-dep.yml:24: spec.selector: is missing; apps/v1 does not take it from the"
                + " template");
    commit.edit(
        PRODUCTION,
        "  replicas: 9\n",
        "  replicas: 9\n  selector: {matchLabels: {app: ornithology, tier: web}}\n");
    assertThat(mistakes())
        .containsExactly(
            "orni-dep.yml:26: spec.selector.matchLabels.tier: asks for 'web', which the template's"
                + " labels do not have");
    commit.edit(PRODUCTION, ", tier: web", "");
    assertThat(mistakes()).isEmpty();
  }

  // ---- how they fit

  @Test
  void anObjectIsThereOnce() {
    commit.edit(
        CANARY, "name: ornithology-canary\nspec:\n  ports", "name: ornithology\nspec:\n  ports");
    assertThat(mistakesWith("{apiVersion: v1, kind: Service, metadata: {name: ornithology}}\n"))
        .containsExactly(
            "orni-dep.yml:4: metadata.name: is the name of another Service too:"
                + " orni-dep-canary.yml:1; canary and production may not share an object",
            "orni-dep.yml:44: metadata.name: is the name of another Service too:"
                + " orni-dep-canary.yml:1; canary and production may not share an object");
  }

  private static String deployment(String name, String labels) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %s}
    spec:
      selector: {matchLabels: %s}
      template:
        metadata: {labels: %s}
        spec: {containers: [{name: a, image: "otomato/ornithology:BUILD_NUMBER"}]}
    """
        .formatted(name, labels, labels);
  }

  @Test
  void theCanaryHasOneDeployment() {
    commit.write(CANARY, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
    assertThat(mistakes())
        .containsExactly(
            "aviary.yml:11: canary.manifests: must have one Deployment, but have none");
    commit.write(CANARY, deployment("a", "{a: b}") + "---\n" + deployment("b", "{a: c}"));
    assertThat(mistakes())
        .containsExactly(
            "aviary.yml:11: canary.manifests: must have one Deployment, but have a, b");
  }

  @Test
  void productionsDeploymentIsKnown() {
    assertThat(mistakesWith(deployment("worker", "{app: worker}")))
        .containsExactly(
            "aviary.yml:10: canary.deployment: is missing; production's manifests have several"
                + " Deployments: ornithology, worker");
    commit.edit(AVIARY, "canary:\n", "canary:\n  deployment: birds\n");
    assertThat(mistakes())
        .containsExactly(
            "aviary.yml:11: canary.deployment: names 'birds', but production's manifests have"
                + " ornithology, worker");
    commit.edit(AVIARY, "deployment: birds", "deployment: ornithology");
    assertThat(read().productionDeployment()).isEqualTo("ornithology");
    commit.write(PRODUCTION, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
    commit.edit(AVIARY, "  deployment: ornithology\n", "");
    assertThat(mistakes())
        .containsExactly(
            "aviary.yml:19: production.manifests: must have a Deployment, but have none");
  }

  @Test
  void theServiceWhoseTrafficIsSharedIsKnown() {
    commit.edit(PRODUCTION, "      production: ready\n  type", "      production: really\n  type");
    assertThat(mistakes())
        .containsExactly(
            "aviary.yml:18: production.service: is missing; no Service of production's manifests"
                + " selects the pods of Deployment ornithology, so name the one whose traffic is"
                + " shared");
    commit.edit(AVIARY, "production:\n", "production:\n  service: ornithology\n");
    assertThat(mistakes())
        .containsExactly(
            "aviary.yml:19: production.service: names 'ornithology', which does not select the pods"
                + " of Deployment ornithology");
    commit.edit(AVIARY, "service: ornithology", "service: elsewhere");
    assertThat(read().service()).isEqualTo("elsewhere");
    commit.edit(AVIARY, "  service: elsewhere\n", "").edit(AVIARY, "      traffic: 10\n", "");
    assertThat(read().service()).as("no share, no Service").isNull();
  }

  @Test
  void oneServiceIsMeant() {
    var other =
        "{apiVersion: v1, kind: Service, metadata: {name: other}, spec: {selector: {app: ornithology}}}";
    assertThat(mistakesWith(other))
        .containsExactly(
            "aviary.yml:18: production.service: is missing; several Services select the pods of"
                + " Deployment ornithology, so name the one whose traffic is shared: ornithology,"
                + " other");
  }

  @Test
  void theCanaryGetsNoTrafficBeforeItsGate() {
    commit.edit(
        CANARY,
        "      labels:\n        type: canary\n",
        "      labels:\n        type: canary\n        app: ornithology\n        production: ready\n");
    assertThat(mistakes())
        .containsExactly(
            "orni-dep-canary.yml:25: spec.template.metadata.labels: are selected by the Service"
                + " ornithology of production's, so that the canary would get traffic before any"
                + " gate; change or leave out one of app, production");
  }

  @Test
  void theCanarysPodsStayItsOwnWhenTheyGetTraffic() {
    var why =
        " in the selector of production's Service ornithology; to get traffic the canary's pods need"
            + " the latter, and would be lost to ";
    commit.edit(
        CANARY, "    type: canary\n  session", "    type: canary\n    production: test\n  session");
    commit.edit(
        CANARY, "        type: canary\n", "        type: canary\n        production: test\n");
    assertThat(mistakes())
        .containsExactly(
            "orni-dep-canary.yml:14: spec.selector.production: is 'test' here and 'ready'"
                + why
                + "Service ornithology-canary, so use another key here",
            "orni-dep-canary.yml:28: spec.template.metadata.labels.production: is 'test' here and"
                + " 'ready'"
                + why
                + "Deployment ornithology-canary, so use another key here");
  }

  @Test
  void aKeyThatBothSelectorsUseAlikeIsNoConflict() {
    commit.edit(
        CANARY, "    type: canary\n  session", "    type: canary\n    app: ornithology\n  session");
    commit.edit(
        CANARY, "        type: canary\n", "        type: canary\n        app: ornithology\n");
    assertThat(mistakes()).isEmpty();
  }

  @Test
  void theCanaryTestsWhatProductionGets() {
    commit.edit(CANARY, "otomato/ornithology:BUILD_NUMBER", "otomato/ornitest:BUILD_NUMBER");
    assertThat(mistakes())
        .containsExactly(
            "orni-dep-canary.yml:28: spec.template.spec.containers: run test of images, and those"
                + " of Deployment ornithology run app; a canary tests an image that production"
                + " gets");
    commit.edit(CANARY, "otomato/ornitest:BUILD_NUMBER", "nginx:1");
    assertThat(mistakes()).singleElement().asString().contains("run none of images");
    commit.edit(CANARY, "        image: nginx:1\n", IMAGE);
    assertThat(mistakes()).isEmpty();
  }

  @Test
  void manifestsAreReadAsKubectlReadsThem() {
    commit.edit(
        PRODUCTION,
        IMAGE,
        IMAGE
            + """
              stdin: yes
              env: [{name: MODE, value: '0644'}, {name: BUILD, value: BUILD_NUMBER}]
              volumeMounts: [{name: v, mountPath: /v, readOnly: on}]
              """
                .indent(8));
    commit.edit(
        PRODUCTION,
        "      containers:\n",
        """
              volumes: [{name: v, configMap: {name: v, defaultMode: 0644, optional: no}}]
              containers:
        """);
    var spec = pod(read().manifests().production().get(1).content());
    assertThat(spec.get("volumes"))
        .isEqualTo(
            List.of(
                Map.of(
                    "name",
                    "v",
                    "configMap",
                    Map.of("name", "v", "defaultMode", 420, "optional", false))));
    assertThat(spec.get("containers"))
        .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
        .singleElement()
        .satisfies(
            container -> {
              assertThat(container.get("stdin")).isEqualTo(true);
              assertThat(container.get("env"))
                  .isEqualTo(
                      List.of(
                          Map.of("name", "MODE", "value", "0644"),
                          Map.of("name", "BUILD", "value", "BUILD_NUMBER")));
            });
  }

  private static Map<?, ?> pod(Map<String, Object> content) {
    return child(child(child(content, "spec"), "template"), "spec");
  }

  private static Map<?, ?> child(Map<?, ?> map, String key) {
    @Nullable Object value = map.get(key);
    assertThat(value).isInstanceOf(Map.class);
    return (Map<?, ?>) value;
  }

  // ---- a canary that is derived

  private void withoutCanary() {
    commit.edit(AVIARY, "  manifests: [orni-dep-canary.yml]\n", "");
    commit.edit(AVIARY, "orni-dep.yml", "prod.yml");
    commit.write(
        "prod.yml",
        """
        {apiVersion: v1, kind: ConfigMap, metadata: {name: birds, labels: {a: b}}, data: {a: b}}
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: unused}, data: {a: b}}
        ---
        {apiVersion: v1, kind: Secret, metadata: {name: keys}, stringData: {a: b}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: birds}
        spec:
          type: NodePort
          selector: {app: birds, production: ready}
          ports: [{port: 80, targetPort: 5000, nodePort: 30080}]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: birds, labels: {app: birds}}
        spec:
          replicas: 9
          selector: {matchLabels: {app: birds}}
          template:
            metadata:
              labels: {app: birds, production: ready, tier: backend}
              annotations: {prometheus.io/scrape: "true"}
            spec:
              containers:
              - name: birds
                image: otomato/ornithology:BUILD_NUMBER
                envFrom: [{configMapRef: {name: birds}}, {configMapRef: {name: elsewhere}}]
                env: [{name: K, valueFrom: {secretKeyRef: {name: keys, key: a}}}]
              volumes:
              - {name: birds, configMap: {name: birds}}
              - {name: keys, secret: {secretName: keys}}
        """);
  }

  @Test
  void withoutManifestsOfItsOwnTheCanaryIsDerived() {
    withoutCanary();

    var read = read();

    assertThat(read.canaryDeployment()).isEqualTo("birds-canary");
    assertThat(read.service()).isEqualTo("birds");
    assertThat(Manifests.text(read.manifests().canary().stream().map(Manifest::content).toList()))
        .isEqualTo(
            """
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: birds-canary
            data:
              a: b
            ---
            apiVersion: v1
            kind: Secret
            metadata:
              name: keys-canary
            stringData:
              a: b
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: birds-canary
            spec:
              ports:
              - port: 80
                targetPort: 5000
              selector:
                aviary.io/canary: birds-canary
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: birds-canary
            spec:
              replicas: 1
              selector:
                matchLabels:
                  aviary.io/canary: birds-canary
              template:
                metadata:
                  labels:
                    aviary.io/canary: birds-canary
                    tier: backend
                  annotations:
                    prometheus.io/scrape: 'true'
                spec:
                  containers:
                  - name: birds
                    image: otomato/ornithology:BUILD_NUMBER
                    envFrom:
                    - configMapRef:
                        name: birds-canary
                    - configMapRef:
                        name: elsewhere
                    env:
                    - name: K
                      valueFrom:
                        secretKeyRef:
                          name: keys-canary
                          key: a
                  volumes:
                  - name: birds
                    configMap:
                      name: birds-canary
                  - name: keys
                    secret:
                      secretName: keys-canary
            """);
  }

  @Test
  void aNameThatIsTakenKeepsTheCanaryFromBeingDerived() {
    withoutCanary();
    commit.edit(
        "prod.yml",
        "---\napiVersion: v1\n",
        "---\n{apiVersion: v1, kind: Service, metadata: {name: birds-canary}, spec: {selector: {a: b}}}\n---\napiVersion: v1\n");

    assertThat(mistakes())
        .containsExactly(
            "aviary.yml:10: canary.manifests: is missing, and none can be derived: production's"
                + " manifests have a Service birds-canary already; name the canary's files here");
  }

  // ---- traffic by a route

  @Test
  void aRouteNeedsAServiceOfTheCanarysOwn() {
    commit.edit(AVIARY, "production:\n", "traffic: {by: gateway, route: birds}\nproduction:\n");
    assertThat(read().service()).isEqualTo("ornithology");

    commit.edit(
        CANARY, "    type: canary\n  sessionAffinity", "    type: other\n  sessionAffinity");
    assertThat(mistakes())
        .containsExactly(
            "aviary.yml:11: canary.manifests: have no Service that selects the pods of Deployment"
                + " ornithology-canary; traffic by gateway needs one");
  }

  @Test
  void aRouteOfTheManifestsMustSendRequestsToProduction() {
    commit.edit(AVIARY, "production:\n", "traffic: {by: gateway, route: birds}\nproduction:\n");
    assertThat(mistakesWith(httpRouteTo("elsewhere")))
        .containsExactly(
            "orni-dep.yml:47: spec: sends no requests to the Service ornithology, whose traffic is"
                + " shared; correct it, traffic.route or production.service");

    commit.edit(PRODUCTION, "elsewhere", "ornithology");
    assertThat(mistakes()).isEmpty();
  }

  @Test
  void anIngressOfTheManifestsMustSendRequestsToProduction() {
    commit.edit(AVIARY, "production:\n", "traffic: {by: ingress, route: birds}\nproduction:\n");
    assertThat(mistakesWith(ingressTo("elsewhere"))).hasSize(1);

    commit.edit(PRODUCTION, "elsewhere", "ornithology");
    assertThat(mistakes()).isEmpty();
  }

  private static String httpRouteTo(String service) {
    return """
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: birds}
    spec: {rules: [{backendRefs: [{name: %s, port: 5000}]}]}
    """
        .formatted(service);
  }

  private static String ingressTo(String service) {
    return """
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: birds}
    spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: %s, port: {number: 5000}}}}]}}]}
    """
        .formatted(service);
  }
}
