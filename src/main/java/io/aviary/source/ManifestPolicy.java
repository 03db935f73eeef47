package io.aviary.source;

import io.aviary.release.ApplicationProperties;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an object of a repository may be, whoever pushed it: a kind of the application's own
 * namespace, that gains no power over the node or over Aviary.
 */
final class ManifestPolicy {

  /** Kinds, with the API versions that the cluster serves or that are brought to one. */
  private static final Map<String, List<String>> KINDS =
      Map.ofEntries(
          Map.entry(
              "Deployment",
              List.of("apps/v1", "apps/v1beta2", "apps/v1beta1", "extensions/v1beta1")),
          Map.entry("StatefulSet", List.of("apps/v1")),
          Map.entry("Job", List.of("batch/v1")),
          Map.entry("CronJob", List.of("batch/v1")),
          Map.entry("Service", List.of("v1")),
          Map.entry("ConfigMap", List.of("v1")),
          Map.entry("Secret", List.of("v1")),
          Map.entry("ServiceAccount", List.of("v1")),
          Map.entry("PersistentVolumeClaim", List.of("v1")),
          Map.entry("Ingress", List.of("networking.k8s.io/v1")),
          Map.entry("NetworkPolicy", List.of("networking.k8s.io/v1")),
          Map.entry(
              "HTTPRoute",
              List.of("gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1beta1")),
          Map.entry("HorizontalPodAutoscaler", List.of("autoscaling/v2", "autoscaling/v1")),
          Map.entry("PodDisruptionBudget", List.of("policy/v1")));

  /** Capabilities that the baseline level of the Pod Security Standards lets a container add. */
  private static final Set<String> CAPABILITIES =
      Set.of(
          "AUDIT_WRITE",
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "MKNOD",
          "NET_BIND_SERVICE",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYS_CHROOT");

  private static final String OWN_PREFIX = "aviary-";
  private static final String OWN_LABELS = "aviary.io/";
  private static final String ANY_REVISION = "1234567";

  private final ApplicationProperties application;
  private final @Nullable String registrySecret;

  ManifestPolicy(ApplicationProperties application, @Nullable String registrySecret) {
    this.application = application;
    this.registrySecret = registrySecret;
  }

  void check(Document document, Findings findings) {
    checkIdentity(document, findings);
    checkKind(document, findings);
    if (document.isDeployment()) {
      checkDeployment(document, findings);
    }
    document
        .tree()
        .walk(
            "",
            (path, tree) -> {
              checkValues(document, path, tree, findings);
              checkOwnLabels(document, path, tree, findings);
              checkSecrets(document, path, tree, findings);
              // Also of kinds that only the operator knows.
              if (tree.at("containers") instanceof Tree.Sequence) {
                checkPod(document, path, tree, findings);
              }
            });
  }

  // ---- the object

  private void checkIdentity(Document document, Findings findings) {
    for (var key : List.of("apiVersion", "kind")) {
      if (document.tree().text(key) == null) {
        document.mistake(findings, key, "is missing, or no text");
      }
    }
    if (document.tree().at("metadata", "generateName") != null) {
      document.mistake(
          findings, "metadata.generateName", "makes a new object each time; use metadata.name");
    } else if (document.name().isEmpty()) {
      document.mistake(findings, "metadata.name", "is missing, or no text");
    } else if (!isObjectName(document.name())) {
      document.mistake(
          findings,
          "metadata.name",
          "must have only lower case letters, digits, - and ., but is '" + document.name() + "'");
    }
    var namespace = document.tree().at("metadata", "namespace");
    if (namespace != null && !application.namespace().equals(namespace.text())) {
      document.mistake(
          findings,
          "metadata.namespace",
          "must be left out, or be the application's: '" + application.namespace() + "'");
    }
    if (document.kind().equals("Secret") && isAviarys(document.name())) {
      document.mistake(
          findings, "metadata.name", "'" + document.name() + "' is a Secret of Aviary's own");
    }
  }

  private static boolean isObjectName(String name) {
    return Names.OBJECT.matcher(name.replace("BUILD_NUMBER", ANY_REVISION)).matches();
  }

  private void checkKind(Document document, Findings findings) {
    var kind = document.kind();
    var apiVersion = document.apiVersion();
    if (kind.isEmpty()
        || application.allowKinds().contains(kind)
        || application.allowKinds().contains(apiVersion + "/" + kind)) {
      return;
    }
    var versions = KINDS.get(kind);
    if (versions == null) {
      document.mistake(findings, "kind", refusal(kind));
    } else if (!apiVersion.isEmpty() && !versions.contains(apiVersion)) {
      document.mistake(
          findings,
          "apiVersion",
          "must be "
              + String.join(" or ", versions)
              + " for kind "
              + kind
              + ", but is '"
              + apiVersion
              + "'");
    }
  }

  private static String refusal(String kind) {
    if (kind.equals("List")) {
      return "List is not read; write its items one after the other, with --- between them";
    }
    var meant = Names.nearest(kind, KINDS.keySet());
    return "'"
        + kind
        + "' is not allowed"
        + (meant != null
            ? "; did you mean " + meant + "?"
            : "; allowed are "
                + String.join(", ", new TreeSet<>(KINDS.keySet()))
                + ", and what the operator adds with allow-kinds");
  }

  private static void checkDeployment(Document document, Findings findings) {
    var tree = document.tree();
    if (tree.items("spec", "template", "spec", "containers").isEmpty()) {
      document.mistake(findings, "spec.template.spec.containers", "is missing or empty");
    }
    if (document.apiVersion().equals("apps/v1") && tree.at("spec", "selector") == null) {
      document.mistake(
          findings, "spec.selector", "is missing; apps/v1 does not take it from the template");
    }
    var labels = document.templateLabels();
    document
        .selector()
        .forEach(
            (key, value) -> {
              if (!value.equals(labels.get(key))) {
                document.mistake(
                    findings,
                    "spec.selector.matchLabels." + key,
                    "asks for '" + value + "', which the template's labels do not have");
              }
            });
  }

  // ---- what is in it

  private static void checkValues(Document document, String path, Tree tree, Findings findings) {
    if (tree instanceof Tree.Sequence sequence) {
      for (var i = 0; i < sequence.items().size(); i++) {
        if (isNothing(sequence.items().get(i))) {
          document.mistake(findings, path + "[" + i + "]", "is nothing; leave it out");
        }
      }
    }
    // Elsewhere a key without a value is as good as none, but here it would be an empty entry.
    if (tree instanceof Tree.Mapping mapping
        && Set.of("data", "stringData", "binaryData").contains(path)
        && Set.of("ConfigMap", "Secret").contains(document.kind())) {
      mapping
          .entries()
          .forEach(
              (key, entry) -> {
                if (isNothing(entry.value())) {
                  document.mistake(
                      findings, Tree.below(path, key), "is nothing; write \"\" for an empty text");
                }
              });
    }
  }

  private static boolean isNothing(Tree tree) {
    return tree instanceof Tree.Scalar scalar && scalar.value() == null;
  }

  private static void checkOwnLabels(Document document, String path, Tree tree, Findings findings) {
    if (tree instanceof Tree.Mapping mapping && path.matches("(.*\\.)?(labels|annotations)")) {
      for (var key : mapping.entries().keySet()) {
        if (key.startsWith(OWN_LABELS)) {
          document.mistake(
              findings,
              Tree.below(path, key),
              "is for Aviary alone, which finds its objects by it");
        }
      }
    }
  }

  /** By the names that Kubernetes has for references to Secrets, wherever they stand. */
  private void checkSecrets(Document document, String path, Tree tree, Findings findings) {
    if (!(tree instanceof Tree.Mapping)) {
      return;
    }
    checkSecret(document, path + ".secretName", tree.text("secretName"), findings);
    for (var reference : List.of("secretKeyRef", "secretRef", "secret", "nodePublishSecretRef")) {
      checkSecret(
          document, path + "." + reference + ".name", tree.text(reference, "name"), findings);
    }
    for (var list : List.of("imagePullSecrets", "secrets")) {
      var items = tree.items(list);
      for (var i = 0; i < items.size(); i++) {
        var place = path + "." + list + "[" + i + "].name";
        checkSecret(document, place, items.get(i).text("name"), findings);
      }
    }
  }

  private void checkSecret(
      Document document, String path, @Nullable String name, Findings findings) {
    if (name != null && isAviarys(name)) {
      document.mistake(
          findings,
          path.startsWith(".") ? path.substring(1) : path,
          "'" + name + "' is a Secret of Aviary's own, which adds it by itself where it is needed");
    }
  }

  private boolean isAviarys(String secret) {
    return secret.startsWith(OWN_PREFIX) || secret.equals(registrySecret);
  }

  // ---- pods

  private static void checkPod(Document document, String path, Tree pod, Findings findings) {
    for (var key : List.of("hostNetwork", "hostPID", "hostIPC")) {
      if (isTrue(pod.at(key))) {
        document.mistake(findings, Tree.below(path, key), "is not allowed: the node is not yours");
      }
    }
    var volumes = pod.items("volumes");
    for (var i = 0; i < volumes.size(); i++) {
      if (volumes.get(i).at("hostPath") != null) {
        document.mistake(
            findings,
            Tree.below(path, "volumes[" + i + "].hostPath"),
            "is not allowed: the node is not yours; use a PersistentVolumeClaim or emptyDir");
      }
    }
    for (var key : List.of("containers", "initContainers", "ephemeralContainers")) {
      var containers = pod.items(key);
      for (var i = 0; i < containers.size(); i++) {
        var place = Tree.below(path, key + "[" + i + "].securityContext");
        checkContainer(document, place, containers.get(i).at("securityContext"), findings);
      }
    }
  }

  private static void checkContainer(
      Document document, String path, @Nullable Tree context, Findings findings) {
    if (context == null) {
      return;
    }
    for (var key : List.of("privileged", "allowPrivilegeEscalation")) {
      if (isTrue(context.at(key))) {
        document.mistake(findings, path + "." + key, "is not allowed");
      }
    }
    var added = context.items("capabilities", "add");
    for (var i = 0; i < added.size(); i++) {
      if (!(added.get(i) instanceof Tree.Scalar scalar)
          || !CAPABILITIES.contains(scalar.text().replaceFirst("^CAP_", ""))) {
        document.mistake(
            findings,
            path + ".capabilities.add[" + i + "]",
            "is not allowed; a container may add "
                + String.join(", ", new TreeSet<>(CAPABILITIES)));
      }
    }
  }

  private static boolean isTrue(@Nullable Tree tree) {
    return tree instanceof Tree.Scalar scalar && Boolean.TRUE.equals(scalar.value());
  }
}
