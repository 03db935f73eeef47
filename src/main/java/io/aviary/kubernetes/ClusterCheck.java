package io.aviary.kubernetes;

import io.aviary.kubernetes.Rights.Rule;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.AviaryProperties;
import io.aviary.release.ConnectionCheck;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Whether each application's cluster answers, and lets the server do exactly what it needs. */
@Component
@Order(2)
class ClusterCheck implements ConnectionCheck {

  private final Applications applications;
  private final @Nullable String buildNamespace;
  private final Fabric8Clusters clusters;

  ClusterCheck(Applications applications, AviaryProperties properties, Fabric8Clusters clusters) {
    this.applications = applications;
    this.buildNamespace = properties.build().namespace();
    this.clusters = clusters;
  }

  /** A namespace of a cluster. */
  private record Place(@Nullable String context, String namespace) {}

  @Override
  public List<Finding> check() {
    var findings = new ArrayList<Finding>();
    var builds = new LinkedHashSet<Place>();
    for (var application : applications.all()) {
      findings.addAll(check(application));
      builds.add(
          new Place(
              application.kubeContext(),
              Objects.requireNonNullElse(buildNamespace, application.namespace())));
    }
    for (var place : builds) {
      findings.add(rights("builds in " + place.namespace(), place, Rights.ofBuilds()));
    }
    return findings;
  }

  private List<Finding> check(ApplicationProperties application) {
    var subject = "cluster of " + application.name();
    try {
      var cluster = clusters.cluster(application.kubeContext());
      var findings = new ArrayList<Finding>();
      findings.add(Finding.good(subject, cluster.describe()));
      var place = new Place(application.kubeContext(), application.namespace());
      findings.add(rights("releases of " + application.name(), place, Rights.ofReleases()));
      findings.add(optional(application, place));
      return findings;
    } catch (ClusterException e) {
      // A refusal says itself what to do.
      var advice = e.isRejection() ? "" : ": check aviary.kubeconfig, and that it can be reached";
      return List.of(Finding.bad(subject, e.getMessage() + advice));
    }
  }

  private Finding rights(String subject, Place place, List<Rule> rules) {
    try {
      var missing = missing(place, rules);
      return missing.isEmpty()
          ? Finding.good(subject, "all rights are there in namespace " + place.namespace())
          : Finding.bad(
              subject,
              "may not "
                  + String.join("; ", missing)
                  + " in namespace "
                  + place.namespace()
                  + ": add these rules to the Role of Aviary's ServiceAccount there");
    } catch (ClusterException e) {
      return Finding.bad(subject, String.valueOf(e.getMessage()));
    }
  }

  /** A repository may have no such objects; then nothing is wrong. */
  private Finding optional(ApplicationProperties application, Place place) {
    var subject = "manifests of " + application.name();
    var rules = new ArrayList<>(Rights.ofManifests());
    rules.addAll(Rights.ofRoutes());
    var missing = missing(place, rules);
    return missing.isEmpty()
        ? Finding.good(subject, "every kind that manifests may contain can be applied")
        : Finding.unused(
            subject,
            "may not "
                + String.join("; ", missing)
                + ": needed only if its manifests contain these kinds");
  }

  private List<String> missing(Place place, List<Rule> rules) {
    var cluster = clusters.cluster(place.context());
    return rules.stream()
        .map(
            rule ->
                new Rule(
                    rule.group(),
                    rule.resource(),
                    rule.verbs().stream()
                        .filter(
                            verb ->
                                !cluster.may(
                                    place.namespace(), rule.group(), rule.resource(), verb))
                        .toList()))
        .filter(rule -> !rule.verbs().isEmpty())
        .map(Rule::toString)
        .toList();
  }
}
