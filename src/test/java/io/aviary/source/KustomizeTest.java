package io.aviary.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * One feature at a time. What is expected is what {@code kustomize build} of version 5.7 made of
 * the same folder, and names with hashes are those of the Kubernetes documentation where it has the
 * example.
 */
class KustomizeTest {

  private static final String DEPLOYMENT =
      """
      --> web.yaml
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, labels: {tier: front}}
      spec:
        replicas: 1
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec:
            containers:
            - name: one
              image: nginx:1.2
              args: [a, b]
              ports: [{containerPort: 80}]
              env: [{name: A, value: "1"}, {name: B, value: "2"}]
            - {name: two, image: busybox}
      """;

  private static final String SERVICE =
      """
      --> service.yaml
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec: {selector: {app: web}, ports: [{port: 80, name: http}]}
      """;

  private final Findings findings = new Findings();
  private final List<String> notes = new ArrayList<>();

  /** Files after lines with an arrow and their path; the folder is {@code prod}, or the root. */
  private List<Document> documents(String... texts) {
    var commit = new FakeCheckout();
    for (var part : Pattern.compile("(?m)^--> ").splitAsStream(String.join("", texts)).toList()) {
      var end = part.indexOf('\n');
      if (end > 0) {
        commit.write(part.substring(0, end), part.substring(end + 1));
      }
    }
    var definition = Yaml.read("aviary.yml", "a: b", Scalars.CORE, findings).getFirst();
    return new KustomizeFolder(
            commit,
            commit.exists("prod") ? "prod" : ".",
            new Lines("aviary.yml", definition),
            findings,
            notes)
        .documents("otom8");
  }

  private List<Map<String, Object>> rendered(String... texts) {
    var documents = documents(texts);
    assertThat(findings.sorted()).isEmpty();
    return documents.stream().map(it -> it.toManifest().content()).toList();
  }

  private List<String> refused(String... texts) {
    assertThat(documents(texts)).isEmpty();
    return findings.sorted().stream().map(Mistake::toString).toList();
  }

  private List<Map<String, Object>> objects(String yaml) {
    return Yaml.read("expected", yaml, Scalars.KUBECTL, findings).stream()
        .map(tree -> new Document("expected", (Tree.Mapping) tree).toManifest().content())
        .toList();
  }

  /** A part of what the text says of web.yaml's Deployment and others, by kind and name. */
  private static @Nullable Object at(
      List<Map<String, Object>> objects, String kind, String... path) {
    @Nullable Object value =
        objects.stream().filter(it -> kind.equals(it.get("kind"))).findFirst().orElseThrow();
    for (var key : path) {
      value =
          switch (value) {
            case List<?> list -> list.get(Integer.parseInt(key));
            case Map<?, ?> map -> map.get(key);
            case null, default -> null;
          };
    }
    return value;
  }

  private static List<String> names(List<Map<String, Object>> objects) {
    return objects.stream()
        .map(it -> it.get("metadata") instanceof Map<?, ?> map ? map.get("name") : null)
        .map(String::valueOf)
        .toList();
  }

  private static String patch(String... lines) {
    return "--> kustomization.yaml\nresources: [web.yaml]\npatches:\n- patch: |\n"
        + Arrays.stream(lines).map(line -> "    " + line + "\n").collect(Collectors.joining());
  }

  // ---- resources

  @Test
  void filesAndFoldersAreReadInTheirOrderAndListsAreTakenApart() {
    assertThat(
            rendered(
                """
                --> base/kustomization.yml
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources: [list.yaml]
                --> base/list.yaml
                apiVersion: v1
                kind: List
                items:
                - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {x: yes, gone: null}}
                - {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
                - apiVersion: v1
                  kind: ConfigMap
                  metadata: {name: d, annotations: {config.kubernetes.io/local-config: "true"}}
                --> prod/Kustomization
                bases: [../base]
                resources: [a.yaml]
                --> prod/a.yaml
                # nothing
                ---
                {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
                """))
        .isEqualTo(
            objects(
                """
                {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
                ---
                {apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {x: "yes"}}
                ---
                {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
                """));
    assertThat(notes)
        .containsExactly(
            "ConfigMap d of base/list.yaml is left out: config.kubernetes.io/local-config");
  }

  @Test
  void nothingIsFetchedAndNothingOutsideOfTheRepositoryIsRead() {
    assertThat(
            refused(
                """
                --> prod/kustomization.yaml
                resources:
                - https://example.com/a.yaml
                - github.com/org/repository//base?ref=v1
                - git@example.com:org/repository
                - ../../etc
                - /etc/passwd
                - gone.yaml
                - ../empty
                --> empty/readme.txt
                -
                """))
        .containsExactly(
            "prod/kustomization.yaml:2: resources[0]: names 'https://example.com/a.yaml', but"
                + " nothing is fetched from elsewhere; put it into the repository",
            "prod/kustomization.yaml:3: resources[1]: names 'github.com/org/repository//base?ref=v1',"
                + " but nothing is fetched from elsewhere; put it into the repository",
            "prod/kustomization.yaml:4: resources[2]: names 'git@example.com:org/repository', but"
                + " nothing is fetched from elsewhere; put it into the repository",
            "prod/kustomization.yaml:5: resources[3]: names '../../etc', which leaves the repository",
            "prod/kustomization.yaml:6: resources[4]: must be a path relative to the folder of its"
                + " file",
            "prod/kustomization.yaml:7: resources[5]: there is no file or folder 'prod/gone.yaml' in"
                + " the commit",
            "prod/kustomization.yaml:8: resources[6]: names 'empty', which has no kustomization.yaml"
                + " in it");
  }

  @Test
  void foldersThatIncludeThemselvesOrEachOtherTwiceAreRefused() {
    assertThat(
            refused(
                """
                --> prod/kustomization.yaml
                resources: [../base]
                --> base/kustomization.yaml
                resources: [../prod]
                """))
        .containsExactly(
            "base/kustomization.yaml:1: resources[0]: includes itself: prod → base → prod");
    assertThat(
            refused(
                DEPLOYMENT,
                """
                --> prod/kustomization.yaml
                resources: [../web.yaml, ../web.yaml]
                """))
        .contains("prod/kustomization.yaml:1: resources[1]: brings Deployment web a second time");
  }

  @Test
  void foldersThatMultiplyEndSoon() {
    var texts = new StringBuilder("--> prod/kustomization.yaml\nresources: [../f0]\n");
    for (var i = 0; i < 20; i++) {
      var next = "../f" + (i + 1);
      texts.append("--> f" + i + "/kustomization.yaml\nresources: [" + next + ", " + next + "]\n");
    }
    texts.append("--> f20/kustomization.yaml\nnamePrefix: a\n");
    assertThat(refused(texts.toString()))
        .isNotEmpty()
        .allMatch(it -> it.endsWith("brings the folders that are included to more than 200"));
  }

  // ---- all that is not understood is refused, and said where

  @Test
  void everyFieldIsUnderstoodOrRefusedWithItsLine() {
    assertThat(
            refused(
                SERVICE,
                """
                --> kustomization.yaml
                resources: [service.yaml]
                vars: [{name: A}]
                replacements: [{path: a}]
                helmCharts: [{name: a}]
                generators: [a]
                transformers: [a]
                nameprefix: a-
                namespace: kube-system
                images: [{name: a, newTga: b}]
                replicas: [{name: nobody, count: 2}, {name: web, count: many}]
                labels: [{pairs: {a: 1}, fields: []}]
                """))
        .containsExactly(
            "kustomization.yaml:2: vars: are not understood; generate a ConfigMap, or write the value"
                + " out",
            "kustomization.yaml:3: replacements: are not understood; use a patch, or write the value"
                + " out",
            "kustomization.yaml:4: helmCharts: are not rendered; name the chart as manifests: {helm: …}",
            "kustomization.yaml:5: generators: are not run: nothing of a repository is executed",
            "kustomization.yaml:6: transformers: are not run: nothing of a repository is executed",
            "kustomization.yaml:7: nameprefix: is not understood by Aviary, or not known to Kustomize;"
                + " leave it out",
            "kustomization.yaml:8: namespace: must be left out, or be the application's: 'otom8'",
            "kustomization.yaml:9: images[0].newTga: is not understood by Aviary, or not known to"
                + " Kustomize; leave it out",
            "kustomization.yaml:10: replicas[0].name: there is no Deployment or StatefulSet 'nobody'"
                + " here",
            "kustomization.yaml:10: replicas[1].count: must be a whole number of 0 or more",
            "kustomization.yaml:10: replicas[1].name: there is no Deployment or StatefulSet 'web'"
                + " here",
            "kustomization.yaml:11: labels[0].pairs.a: must be a text; put it in quotes",
            "kustomization.yaml:11: labels[0].fields: are not understood; use includeTemplates,"
                + " includeSelectors or patches");
  }

  @Test
  void filesThatAreNoKustomizationOrNoObjectsAreRefusedWithTheirLine() {
    assertThat(
            refused(
                """
                --> kustomization.yaml
                resources: [bad.yaml, list.yaml, other.yaml, asked.yaml]
                --> bad.yaml
                a: [
                --> list.yaml

                - a
                --> other.yaml
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                --> asked.yaml
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: a, annotations: {kustomize.config.k8s.io/needs-hash: "true"}}
                """))
        .anyMatch(it -> it.startsWith("bad.yaml:2: is not valid YAML"))
        .contains(
            "list.yaml:2: must be a mapping with kind and apiVersion, but is a list",
            "other.yaml:1: is a Kustomization and no object; name its folder",
            "asked.yaml:1: has the annotation kustomize.config.k8s.io/needs-hash, which is not"
                + " understood; leave it out")
        .hasSize(4);
  }

  // ---- names, labels, replicas, images

  @Test
  void prefixAndSuffixReachAllThatNamesAnObject() {
    var objects =
        rendered(
            DEPLOYMENT.replace("--> ", "--> base/"),
            SERVICE.replace("--> ", "--> base/"),
            """
            --> base/more.yaml
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: web}
            spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web}
            spec:
              tls: [{secretName: sec}]
              rules:
              - http:
                  paths:
                  - {path: /, backend: {service: {name: web}}}
                  - {path: /x, backend: {service: {name: elsewhere}}}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: web}
            spec: {rules: [{backendRefs: [{name: web, port: 80}]}]}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: sa}, imagePullSecrets: [{name: sec}]}
            ---
            {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: pvc}}
            ---
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: job}
            spec:
              jobTemplate:
                spec:
                  template:
                    spec:
                      serviceAccountName: sa
                      containers: [{name: c, envFrom: [{configMapRef: {name: cfg}}, {secretRef: {name: other}}]}]
                      volumes: [{name: v, persistentVolumeClaim: {claimName: pvc}}]
            --> base/kustomization.yaml
            resources: [web.yaml, service.yaml, more.yaml]
            namePrefix: b-
            configMapGenerator: [{name: cfg, literals: [FOO=Bar]}]
            secretGenerator: [{name: sec, literals: [username=admin, password=secret]}]
            --> prod/kustomization.yaml
            resources: [../base]
            namePrefix: p-
            nameSuffix: -s
            namespace: otom8
            """);
    assertThat(names(objects))
        .containsExactly(
            "p-b-web-s",
            "p-b-web-s",
            "p-b-web-s",
            "p-b-web-s",
            "p-b-web-s",
            "p-b-sa-s",
            "p-b-pvc-s",
            "p-b-job-s",
            "p-b-cfg-s-42cfbf598f",
            "p-b-sec-s-8c5228dkb9");
    assertThat(at(objects, "HorizontalPodAutoscaler", "spec", "scaleTargetRef", "name"))
        .isEqualTo("p-b-web-s");
    assertThat(at(objects, "Ingress", "spec", "tls", "0", "secretName"))
        .isEqualTo("p-b-sec-s-8c5228dkb9");
    assertThat(String.valueOf(at(objects, "Ingress", "spec", "rules", "0", "http", "paths")))
        .contains("name=p-b-web-s", "name=elsewhere");
    assertThat(at(objects, "HTTPRoute", "spec", "rules", "0", "backendRefs", "0", "name"))
        .isEqualTo("p-b-web-s");
    assertThat(at(objects, "ServiceAccount", "imagePullSecrets", "0", "name"))
        .isEqualTo("p-b-sec-s-8c5228dkb9");
    assertThat(
            String.valueOf(
                at(objects, "CronJob", "spec", "jobTemplate", "spec", "template", "spec")))
        .contains(
            "serviceAccountName=p-b-sa-s",
            "name=p-b-cfg-s-42cfbf598f",
            "name=other",
            "claimName=p-b-pvc-s");
    assertThat(objects)
        .allMatch(it -> String.valueOf(it.get("metadata")).contains("namespace=otom8"));
  }

  @Test
  void aNameIsTheOneOfItsOwnBranchWhereABaseIsThereTwice() {
    var objects =
        rendered(
            """
            --> base/all.yaml
            {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec: {containers: [{name: c, envFrom: [{configMapRef: {name: a}}]}]}
            --> base/kustomization.yaml
            resources: [all.yaml]
            --> one/kustomization.yaml
            resources: [../base]
            namePrefix: one-
            --> two/kustomization.yaml
            resources: [../base]
            namePrefix: two-
            --> prod/kustomization.yaml
            resources: [../one, ../two]
            namePrefix: all-
            """);
    assertThat(names(objects)).containsExactly("all-one-a", "all-one-p", "all-two-a", "all-two-p");
    assertThat(objects.get(1).toString()).contains("name=all-one-a");
    assertThat(objects.get(3).toString()).contains("name=all-two-a");
  }

  @Test
  void labelsGoWhereTheyAreAskedFor() {
    assertThat(
            rendered(
                DEPLOYMENT,
                SERVICE,
                """
                --> kustomization.yaml
                resources: [web.yaml, service.yaml]
                labels:
                - pairs: {l: m}
                - {pairs: {t: m}, includeTemplates: true}
                - {pairs: {s: m}, includeSelectors: true}
                commonLabels: {c: "1"}
                commonAnnotations: {note: x}
                replicas: [{name: web, count: 4}]
                """))
        .isEqualTo(
            objects(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: web
                  labels: {tier: front, l: m, t: m, s: m, c: "1"}
                  annotations: {note: x}
                spec:
                  replicas: 4
                  selector: {matchLabels: {app: web, s: m, c: "1"}}
                  template:
                    metadata:
                      labels: {app: web, t: m, s: m, c: "1"}
                      annotations: {note: x}
                    spec:
                      containers:
                      - name: one
                        image: nginx:1.2
                        args: [a, b]
                        ports: [{containerPort: 80}]
                        env: [{name: A, value: "1"}, {name: B, value: "2"}]
                      - {name: two, image: busybox}
                ---
                apiVersion: v1
                kind: Service
                metadata:
                  name: web
                  labels: {l: m, t: m, s: m, c: "1"}
                  annotations: {note: x}
                spec:
                  selector: {app: web, s: m, c: "1"}
                  ports: [{port: 80, name: http}]
                """));
  }

  @Test
  void imagesGetNamesTagsAndDigests() {
    var images =
        rendered(
            """
            --> pod.yaml
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              initContainers: [{name: i, image: nginx}]
              containers:
              - {name: a, image: "nginx:1.2"}
              - {name: b, image: "nginx:1@sha256:ab"}
              - {name: c, image: "reg:5000/nginx:1"}
              - {name: d, image: "other:1"}
              - {name: e, image: "kept:1@sha256:ab"}
              - {name: f, image: "nginx-more:1"}
            --> kustomization.yaml
            resources: [pod.yaml]
            images:
            - {name: nginx, newTag: "2"}
            - {name: "reg:5000/nginx", newName: x/y}
            - {name: other, digest: "sha256:cd"}
            - {name: kept, newName: z}
            """);
    assertThat(images)
        .isEqualTo(
            objects(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: p}
                spec:
                  initContainers: [{name: i, image: "nginx:2"}]
                  containers:
                  - {name: a, image: "nginx:2"}
                  - {name: b, image: "nginx:2"}
                  - {name: c, image: "x/y:1"}
                  - {name: d, image: "other@sha256:cd"}
                  - {name: e, image: "z:1@sha256:ab"}
                  - {name: f, image: "nginx-more:1"}
                """));
  }

  // ---- strategic merges

  @Test
  void aStrategicMergeKnowsItemsByTheirKeysAndPutsItsOwnInFront() {
    assertThat(
            rendered(
                DEPLOYMENT,
                patch(
                    "apiVersion: apps/v1",
                    "kind: Deployment",
                    "metadata: {name: web, labels: {tier: null, n: \"1\"}}",
                    "spec:",
                    "  replicas: null",
                    "  template:",
                    "    spec:",
                    "      containers:",
                    "      - {name: two, $patch: delete}",
                    "      - {name: three, image: three}",
                    "      - name: one",
                    "        args: [c]",
                    "        ports: [{containerPort: 80, name: http}, {containerPort: 81}]",
                    "        env: [{name: C, value: \"3\"}, {name: B, value: \"4\"}, {name: A, $patch: delete}]",
                    "      tolerations: [{key: y}]")))
        .isEqualTo(
            objects(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web, labels: {"n": "1"}}
                spec:
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      containers:
                      - {name: three, image: three}
                      - name: one
                        image: nginx:1.2
                        args: [c]
                        ports: [{containerPort: 80, name: http}, {containerPort: 81}]
                        env: [{name: C, value: "3"}, {name: B, value: "4"}]
                      tolerations: [{key: "y"}]
                """));
  }

  @Test
  void directivesReplaceAndDelete() {
    var objects =
        rendered(
            DEPLOYMENT,
            SERVICE,
            """
            --> kustomization.yaml
            resources: [web.yaml, service.yaml]
            patchesStrategicMerge:
            - lists.yaml
            - |-
              apiVersion: v1
              kind: Service
              metadata: {name: web}
              spec: {selector: {$patch: replace, x: q}}
            --> lists.yaml
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec: {template: {spec: {containers: [{$patch: replace}, {name: only, image: a}]}}}
            """);
    assertThat(at(objects, "Deployment", "spec", "template", "spec", "containers"))
        .isEqualTo(List.of(Map.of("name", "only", "image", "a")));
    assertThat(at(objects, "Service", "spec", "selector")).isEqualTo(Map.of("x", "q"));
    assertThat(
            rendered(
                SERVICE,
                DEPLOYMENT,
                """
                --> kustomization.yaml
                resources: [web.yaml, service.yaml]
                patches:
                - patch: |
                    {apiVersion: v1, kind: Service, metadata: {name: web}, $patch: delete}
                """))
        .hasSize(1);
  }

  @Test
  void listsOfOtherKindsAreReplaced() {
    var objects =
        rendered(
            """
            --> r.yaml
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r}
            spec: {rules: [{backendRefs: [{name: old, port: 80}]}]}
            --> p.yaml
            spec: {rules: [{backendRefs: [{name: new}]}]}
            --> kustomization.yaml
            resources: [r.yaml]
            patches: [{path: p.yaml, target: {kind: HTTPRoute}}]
            """);
    assertThat(at(objects, "HTTPRoute", "spec", "rules", "0", "backendRefs"))
        .isEqualTo(List.of(Map.of("name", "new")));
  }

  @Test
  void mergesThatKustomizeWouldLoseOrGuessAreRefused() {
    var head = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, ";
    var containers = "spec: {template: {spec: {containers: ";
    var at = "kustomization.yaml:3: patches[0]: ";
    assertThat(refused(DEPLOYMENT, patch(head + "spec: {replicas: {a: b}}}")))
        .containsExactly(
            at + "for Deployment web: spec.replicas is a mapping, but in the object a number");
    assertThat(
            new KustomizeTest().refused(DEPLOYMENT, patch(head.replace("v1", "v1beta1") + "a: b}")))
        .containsExactly(at + "is for no object: there is no Deployment web of apps/v1beta1 here");
    assertThat(
            new KustomizeTest().refused(DEPLOYMENT, patch(head + containers + "[{image: a}]}}}}")))
        .containsExactly(
            at
                + "for Deployment web: spec.template.spec.containers has an item without name, by"
                + " which it is known");
    assertThat(
            new KustomizeTest()
                .refused(
                    DEPLOYMENT,
                    patch(
                        head
                            + containers
                            + "[{name: one, ports: [{containerPort: 80, protocol: TCP}]}]}}}}")))
        .singleElement()
        .asString()
        .contains("only one says its protocol");
    assertThat(
            new KustomizeTest()
                .refused(
                    DEPLOYMENT,
                    patch(head + containers + "[{name: one, $patch: replace, image: a}]}}}}")))
        .singleElement()
        .asString()
        .contains("has $patch: replace in an item, which Kustomize passes over");
    assertThat(new KustomizeTest().refused(DEPLOYMENT, patch(head + "spec: {$retainKeys: [a]}}")))
        .containsExactly(
            at
                + "for Deployment web: spec.$retainKeys is a directive that is not understood; use"
                + " $patch");
    assertThat(new KustomizeTest().refused(DEPLOYMENT, patch("a: [")))
        .singleElement()
        .asString()
        .startsWith("kustomization.yaml:3: patches[0].patch: is not valid YAML")
        .endsWith("(line 2 of the text)");
  }

  // ---- JSON patches

  @Test
  void allOperationsOfJsonPatchesWork() {
    var objects =
        rendered(
            DEPLOYMENT,
            SERVICE,
            """
            --> p.json
            [{"op":"add","path":"/spec/template/spec/containers/0/env/-","value":{"name":"Z"}},
             {"op":"add","path":"/spec/template/spec/containers/0/env/0","value":{"name":"Y"}},
             {"op":"replace","path":"/spec/replicas","value":5},
             {"op":"add","path":"/metadata/annotations","value":{}},
             {"op":"add","path":"/metadata/annotations/a~1b~0c","value":"x"},
             {"op":"copy","from":"/metadata/labels/tier","path":"/metadata/labels/c"},
             {"op":"move","from":"/metadata/labels/tier","path":"/metadata/labels/d"},
             {"op":"test","path":"/spec/replicas","value":5},
             {"op":"remove","path":"/spec/template/spec/containers/1"}]
            --> kustomization.yaml
            resources: [web.yaml, service.yaml]
            patches: [{path: p.json, target: {kind: Dep.*, name: w.b, labelSelector: "tier=front,!x"}}]
            patchesJson6902:
            - target: {version: v1, kind: Service, name: web}
              patch: |-
                - {op: replace, path: /metadata/name, value: renamed}
            """);
    assertThat(objects.getFirst())
        .isEqualTo(
            objects(
                    """
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata: {name: web, labels: {c: front, d: front}, annotations: {a/b~c: x}}
                    spec:
                      replicas: 5
                      selector: {matchLabels: {app: web}}
                      template:
                        metadata: {labels: {app: web}}
                        spec:
                          containers:
                          - name: one
                            image: nginx:1.2
                            args: [a, b]
                            ports: [{containerPort: 80}]
                            env: [{name: "Y"}, {name: A, value: "1"}, {name: B, value: "2"}, {name: Z}]
                    """)
                .getFirst());
    assertThat(names(objects)).containsExactly("web", "renamed");
  }

  @Test
  void aJsonPatchThatDoesNotFitSaysWhichOperation() {
    var head = "--> kustomization.yaml\nresources: [web.yaml]\npatches:\n";
    assertThat(
            refused(
                DEPLOYMENT,
                head,
                """
                - target: {kind: Deployment}
                  patch: |
                    - {op: test, path: /spec/replicas, value: 1}
                    - {op: remove, path: /spec/nope}
                - target: {kind: Deployment}
                  patch: '[{op: replace, path: /spec/template/spec/containers/2/name, value: a}]'
                - target: {kind: Deployment}
                  patch: '[{op: test, path: /spec/replicas, value: 7}]'
                - target: {kind: Deployment}
                  patch: '[{op: merge, path: /spec/replicas, value: 7}]'
                - patch: '[{op: remove, path: /spec/replicas}]'
                - {target: {kind: "(a+)+"}, patch: '[{op: remove, path: /spec/replicas}]'}
                - {target: {labelSelector: a in (b)}, patch: '[]'}
                """))
        .containsExactly(
            "kustomization.yaml:3: patches[0]: for Deployment web: operation 1: there is no /spec/nope",
            "kustomization.yaml:7: patches[1]: for Deployment web: operation 0: there is no"
                + " /spec/template/spec/containers/2",
            "kustomization.yaml:9: patches[2]: for Deployment web: operation 0: the test does not"
                + " hold: /spec/replicas is another value",
            "kustomization.yaml:11: patches[3]: for Deployment web: operation 0: op must be one of"
                + " add, remove, replace, move, copy and test",
            "kustomization.yaml:13: patches[4]: is a JSON patch, and needs a target",
            "kustomization.yaml:14: patches[5].target.kind: is a pattern of more than Aviary allows:"
                + " no repeated groups, at most 3 of * and +",
            "kustomization.yaml:15: patches[6].target.labelSelector: must be like 'a=b,c!=d,e,!f';"
                + " sets (in, notin) are not understood");
  }

  @Test
  void patchesThatMultiplyOrNestEndSoon() {
    var head =
        "--> kustomization.yaml\nresources: [web.yaml]\npatches:\n- target: {}\n  patch: |\n";
    var copies = new StringBuilder();
    for (var i = 0; i < 40; i++) {
      copies.append("    - {op: copy, from: /spec, path: /spec/more" + i + "}\n");
    }
    assertThat(refused(DEPLOYMENT, head, copies.toString()))
        .containsExactly(
            "kustomization.yaml:3: patches[0]: brings the values that are changed to more than"
                + " 2000000");
    var nest =
        """
        - {op: move, from: /spec, path: /a}
        - {op: add, path: /spec, value: {}}
        - {op: move, from: /a, path: /spec/a}
        """
            .indent(4);
    assertThat(new KustomizeTest().refused(DEPLOYMENT, head, nest.repeat(300)))
        .containsExactly(
            "kustomization.yaml:3: patches[0]: nests Deployment web deeper than 100 levels");
    assertThat(new KustomizeTest().refused(DEPLOYMENT, head, nest.repeat(400)))
        .containsExactly("kustomization.yaml:3: patches[0]: has more than 1000 operations");
  }

  @Test
  void aPatchForNothingIsOnRecord() {
    var _ =
        rendered(
            DEPLOYMENT,
            """
            --> kustomization.yaml
            resources: [web.yaml]
            patches: [{target: {kind: Job}, patch: '[{op: remove, path: /spec}]'}]
            """);
    assertThat(notes)
        .containsExactly("patches[0] of kustomization.yaml matches no object and changes nothing");
  }

  // ---- generators

  @Test
  void generatedNamesHaveTheHashesOfTheKubernetesDocumentation() {
    var objects =
        rendered(
            """
            --> application.properties
            FOO=Bar
            --> password.txt
            username=admin
            password=secret
            --> .env
            FOO=Bar
            --> kustomization.yaml
            configMapGenerator:
            - {name: example-configmap-1, files: [application.properties]}
            - {name: example-configmap-2, literals: [FOO=Bar]}
            - {name: example-configmap-3, envs: [.env]}
            secretGenerator:
            - {name: example-secret-1, files: [password.txt]}
            - {name: example-secret-2, literals: [username=admin, password=secret]}
            """);
    assertThat(names(objects))
        .containsExactly(
            "example-configmap-1-g4hk9g2ff8",
            "example-configmap-2-42cfbf598f",
            "example-configmap-3-42cfbf598f",
            "example-secret-1-2kdd8ckcc7",
            "example-secret-2-8c5228dkb9");
    assertThat(objects.get(3))
        .isEqualTo(
            objects(
                    """
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: example-secret-1-2kdd8ckcc7}
                    type: Opaque
                    data: {password.txt: dXNlcm5hbWU9YWRtaW4KcGFzc3dvcmQ9c2VjcmV0Cg==}
                    """)
                .getFirst());
  }

  @Test
  void generatedDataIsUnquotedAndOptionsAreCombined() {
    assertThat(
            rendered(
                """
                --> kustomization.yaml
                configMapGenerator:
                - name: cfg
                  literals: ["a=", 'b=""', "q='\\"x' y\\"'"]
                - {name: empty}
                - name: plain
                  literals: [a=b]
                  options: {disableNameSuffixHash: true, immutable: true, labels: {g: own}}
                generatorOptions: {labels: {g: h}, annotations: {c: d}}
                """))
        .isEqualTo(
            objects(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: cfg-996t7g4gb7, labels: {g: h}, annotations: {c: d}}
                data: {a: "", b: "", q: '"x'' y"'}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: empty-6ct58987ht, labels: {g: h}, annotations: {c: d}}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: plain, labels: {g: own}, annotations: {c: d}}
                data: {a: b}
                immutable: true
                """));
  }

  @Test
  void generatorsMergeWithAndReplaceWhatIsThereAndComponentsToo() {
    assertThat(
            rendered(
                """
                --> base/kustomization.yaml
                namePrefix: b-
                configMapGenerator:
                - {name: merged, literals: [a=1, b=2], options: {disableNameSuffixHash: true, labels: {x: z}}}
                - {name: replaced, literals: [a=1], options: {disableNameSuffixHash: true}}
                --> part/kustomization.yaml
                apiVersion: kustomize.config.k8s.io/v1alpha1
                kind: Component
                configMapGenerator: [{name: merged, behavior: merge, literals: [c=4]}]
                commonAnnotations: {part: "1"}
                --> prod/kustomization.yaml
                resources: [../base]
                components: [../part]
                configMapGenerator:
                - {name: merged, behavior: merge, literals: [b=3]}
                - {name: replaced, behavior: replace, literals: [z=1]}
                """))
        .isEqualTo(
            objects(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: b-merged, labels: {x: z}, annotations: {part: "1"}}
                data: {a: "1", b: "3", c: "4"}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: b-replaced, annotations: {part: "1"}}
                data: {z: "1"}
                """));
  }

  @Test
  void generatorsSayWhatTheyCannotDo() {
    assertThat(
            refused(
                """
                --> kustomization.yaml
                configMapGenerator:
                - {name: a, literals: [nope]}
                - {name: a, files: [gone.txt]}
                - {name: a, envs: [env]}
                - {name: a, behavior: merge}
                - {name: b}
                - {name: b}
                - {literals: [a=b]}
                - {name: c, literals: [a=b, a=c]}
                --> env
                A=1
                HOME
                """))
        .containsExactlyInAnyOrder(
            "kustomization.yaml:2: configMapGenerator[0].literals[0]: must be key=value",
            "kustomization.yaml:3: configMapGenerator[1].files[0]: there is no file 'gone.txt' in the"
                + " commit",
            "env:2: must be KEY=value; a key alone would take its value from the environment, and"
                + " there is none here",
            "kustomization.yaml:5: configMapGenerator[3].behavior: is merge, but there is no ConfigMap"
                + " a here",
            "kustomization.yaml:7: configMapGenerator[5].behavior: must be merge or replace: there is"
                + " a ConfigMap b already",
            "kustomization.yaml:8: configMapGenerator[6].name: is missing: what is generated needs one",
            "kustomization.yaml:9: configMapGenerator[7].literals[1]: the key 'a' is there twice");
  }
}
