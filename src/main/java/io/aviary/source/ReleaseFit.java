package io.aviary.source;

import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.release.definition.TrafficDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether canary's manifests, production's and the definition fit together. */
final class ReleaseFit {

  private final ReleaseDefinition definition;
  private final Lines lines;
  private final List<Document> canary;
  private final List<Document> production;
  private final Findings findings;

  ReleaseFit(
      ReleaseDefinition definition,
      Lines lines,
      List<Document> canary,
      List<Document> production,
      Findings findings) {
    this.definition = definition;
    this.lines = lines;
    this.canary = canary;
    this.production = production;
    this.findings = findings;
  }

  /**
   * The objects that a release is about; null: not there, which has been reported if it must be
   * there.
   */
  record Parts(
      @Nullable Document canary, @Nullable Document production, @Nullable String service) {}

  Parts check() {
    checkTwins();
    var stable = production.isEmpty() ? null : productionDeployment();
    var fresh = canary.isEmpty() ? null : canaryDeployment();
    String service = null;
    if (stable != null) {
      service = service(stable, fresh);
      if (fresh != null) {
        checkImages(fresh, stable);
      }
    }
    return new Parts(fresh, stable, service);
  }

  private void checkTwins() {
    var seen = new HashMap<String, Document>();
    for (var document : Lists.concat(canary, production)) {
      var first = seen.putIfAbsent(document.label(), document);
      if (first != null && !document.name().isEmpty()) {
        document.mistake(
            findings,
            "metadata.name",
            "is the name of another "
                + document.kind()
                + " too: "
                + first.file()
                + ":"
                + first.line()
                + (isCanarys(first) == isCanarys(document)
                    ? ""
                    : "; canary and production may not share an object"));
      }
    }
  }

  private boolean isCanarys(Document document) {
    return canary.contains(document);
  }

  private @Nullable Document canaryDeployment() {
    var deployments = canary.stream().filter(Document::isDeployment).toList();
    if (deployments.size() != 1) {
      lines.add(
          findings, "canary.manifests", "must have one Deployment, but have " + names(deployments));
      return null;
    }
    return deployments.getFirst();
  }

  private @Nullable Document productionDeployment() {
    var deployments = production.stream().filter(Document::isDeployment).toList();
    var wanted = definition.canary().deployment();
    if (wanted != null) {
      for (var deployment : deployments) {
        if (deployment.name().equals(wanted)) {
          return deployment;
        }
      }
      lines.add(
          findings,
          "canary.deployment",
          "names '" + wanted + "', but production's manifests have " + names(deployments));
      return null;
    }
    if (deployments.size() == 1) {
      return deployments.getFirst();
    }
    if (deployments.isEmpty()) {
      lines.add(findings, "production.manifests", "must have a Deployment, but have none");
    } else {
      lines.add(
          findings,
          "canary.deployment",
          "is missing; production's manifests have several Deployments: " + names(deployments));
    }
    return null;
  }

  private static String names(List<Document> documents) {
    return documents.isEmpty()
        ? "none"
        : String.join(", ", documents.stream().map(Document::name).toList());
  }

  // ---- traffic

  private @Nullable String service(Document stable, @Nullable Document fresh) {
    var wanted = definition.production().service();
    var services = production.stream().filter(Document::isService).toList();
    if (!sharesTraffic()) {
      var candidates = services.stream().filter(service -> service.selectsPodsOf(stable)).toList();
      return wanted != null ? wanted : candidates.size() == 1 ? candidates.getFirst().name() : null;
    }
    var service = wanted == null ? only(services, stable) : named(services, wanted, stable);
    if (definition.traffic().by() == TrafficDefinition.By.LABELS) {
      if (service != null && fresh != null) {
        checkLabels(service, fresh);
      }
    } else {
      checkCanaryService(service, wanted, fresh);
      checkRoute(service == null ? wanted : service.name());
    }
    return service == null ? wanted : service.name();
  }

  private boolean sharesTraffic() {
    return definition.canary().gates().stream().anyMatch(gate -> gate.traffic() != null);
  }

  /** A route sends requests to Services, so the canary needs one of its own. */
  private void checkCanaryService(
      @Nullable Document service, @Nullable String wanted, @Nullable Document fresh) {
    var by =
        "; traffic by " + definition.traffic().by().name().toLowerCase(Locale.ROOT) + " needs one";
    if (fresh != null
        && canary.stream().noneMatch(own -> own.isService() && own.selectsPodsOf(fresh))) {
      lines.add(
          findings,
          "canary.manifests",
          "have no Service that selects the pods of " + fresh.label() + by);
    }
    if (canary.isEmpty() && service == null && wanted != null) {
      lines.add(
          findings,
          "canary.manifests",
          "is missing, and no Service of the canary's own can be derived, because production's"
              + " manifests have no Service "
              + wanted
              + by);
    }
  }

  /** One that no manifest has is in the cluster, or it is found missing there. */
  private void checkRoute(@Nullable String service) {
    var kind = definition.traffic().by() == TrafficDefinition.By.GATEWAY ? "HTTPRoute" : "Ingress";
    for (var document : production) {
      if (service != null
          && document.kind().equals(kind)
          && document.name().equals(definition.traffic().route())
          && !sendsTo(document, service)) {
        document.mistake(
            findings,
            "spec",
            "sends no requests to the Service "
                + service
                + ", whose traffic is shared; correct it, traffic.route or production.service");
      }
    }
  }

  private static boolean sendsTo(Document route, String service) {
    var found = new boolean[1];
    route
        .tree()
        .walk(
            "",
            (path, tree) ->
                found[0] |=
                    path.matches(".*(backendRefs\\[\\d+]|ackend\\.service)")
                        && service.equals(tree.text("name")));
    return found[0];
  }

  private @Nullable Document only(List<Document> services, Document stable) {
    var candidates = services.stream().filter(service -> service.selectsPodsOf(stable)).toList();
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    lines.add(
        findings,
        "production.service",
        candidates.isEmpty()
            ? "is missing; no Service of production's manifests selects the pods of "
                + stable.label()
                + ", so name the one whose traffic is shared"
            : "is missing; several Services select the pods of "
                + stable.label()
                + ", so name the one whose traffic is shared: "
                + names(candidates));
    return null;
  }

  /** A Service that no manifest has is in the cluster, or it is found missing there. */
  private @Nullable Document named(List<Document> services, String name, Document stable) {
    for (var service : services) {
      if (service.name().equals(name)) {
        if (!service.selectsPodsOf(stable)) {
          lines.add(
              findings,
              "production.service",
              "names '" + name + "', which does not select the pods of " + stable.label());
        }
        return service;
      }
    }
    return null;
  }

  /**
   * The Service's selector labels are put on the canary's pods when they get their share. Neither
   * may a pod have them before, nor lose by them what it is known by.
   */
  private void checkLabels(Document service, Document fresh) {
    if (service.selectsPodsOf(fresh)) {
      fresh.mistake(
          findings,
          "spec.template.metadata.labels",
          "are selected by the Service "
              + service.name()
              + " of production's, so that the canary would get traffic before any gate; change or"
              + " leave out one of "
              + keys(service.selector()));
      return;
    }
    for (var own : canary) {
      if (own == fresh || (own.isService() && own.selectsPodsOf(fresh))) {
        checkSelector(own, service);
      }
    }
  }

  private void checkSelector(Document own, Document service) {
    own.selector()
        .forEach(
            (key, value) -> {
              var other = service.selector().get(key);
              if (other != null && !other.equals(value)) {
                own.mistake(
                    findings,
                    selectorPath(own) + key,
                    "is '"
                        + value
                        + "' here and '"
                        + other
                        + "' in the selector of production's Service "
                        + service.name()
                        + "; to get traffic the canary's pods need the latter, and would be lost to"
                        + " "
                        + own.label()
                        + ", so use another key here");
              }
            });
  }

  private static String selectorPath(Document document) {
    if (document.isService()) {
      return "spec.selector.";
    }
    return document.tree().at("spec", "selector") == null
        ? "spec.template.metadata.labels."
        : "spec.selector.matchLabels.";
  }

  private static String keys(Map<String, String> labels) {
    return String.join(", ", new TreeSet<>(labels.keySet()));
  }

  // ---- images

  private void checkImages(Document fresh, Document stable) {
    var shared = images(fresh);
    shared.retainAll(images(stable));
    if (shared.isEmpty()) {
      fresh.mistake(
          findings,
          "spec.template.spec.containers",
          "run "
              + listed(images(fresh))
              + " of images, and those of "
              + stable.label()
              + " run "
              + listed(images(stable))
              + "; a canary tests an image that production gets");
    }
  }

  private Set<String> images(Document document) {
    return Manifests.whichImages(definition, List.of(document.toManifest()));
  }

  private static String listed(Set<String> keys) {
    return keys.isEmpty() ? "none" : String.join(", ", keys);
  }
}
