package io.aviary.source;

import io.aviary.release.definition.ApprovalDefinition;
import io.aviary.release.definition.ApprovalDefinition.OnTimeout;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.GateDefinition.OnInconclusive;
import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.definition.TestDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part {@code canary.gates} of a definition. */
final class GateReader {

  /** In lower case: names that differ in case only would be hard to tell apart. */
  private static final Set<String> STEPS =
      Set.of(
          "readsource",
          "deploycanary",
          "triggerproddeployment",
          "deploytok8s",
          "awaitrollout",
          "retirecanary",
          "rollbackproduction");

  private static final Pattern ROLLBACK_STEP = Pattern.compile("rollbackcanary[0-9]*");

  private final List<ImageDefinition> images;
  private final Set<String> imageKeys;

  /**
   * @param imageKeys of all images, those with mistakes included
   */
  GateReader(List<ImageDefinition> images, Set<String> imageKeys) {
    this.images = images;
    this.imageKeys = imageKeys;
  }

  List<GateDefinition> gates(Section canary) {
    var gates = new ArrayList<GateDefinition>();
    var names = new HashMap<String, String>();
    images.forEach(
        image -> {
          names.put(
              image.buildStep().toLowerCase(Locale.ROOT), "a step of the image " + image.key());
          names.put(
              image.pushStep().toLowerCase(Locale.ROOT), "a step of the image " + image.key());
        });
    STEPS.forEach(step -> names.put(step, "a step of every run"));
    var share = 0.0;
    for (var section : canary.listed("gates")) {
      var gate = gate(section, share);
      checkGateName(section, gate.name(), names);
      if (gate.traffic() != null) {
        share = Math.max(share, gate.traffic());
      }
      gates.add(gate);
    }
    return gates;
  }

  private static void checkGateName(Section section, String name, Map<String, String> names) {
    if (name.isEmpty()) {
      return;
    }
    if (!Names.TITLE.matcher(name).matches()) {
      section.mistake(
          "name",
          "must have only letters, digits, spaces, ., _ and -, 63 at most, and begin and end with a"
              + " letter or digit, but is '"
              + name
              + "'");
    }
    var lower = name.toLowerCase(Locale.ROOT);
    var other =
        ROLLBACK_STEP.matcher(lower).matches()
            ? "a step of every run"
            : names.putIfAbsent(lower, "another gate");
    if (other != null) {
      section.mistake("name", "'" + name + "' is already the name of " + other);
    }
  }

  private GateDefinition gate(Section section, double before) {
    section.require("name", "what the gate's step is called");
    var name = section.text("name");
    var traffic = section.number("traffic");
    if (traffic != null && (traffic <= 0 || traffic > 100)) {
      section.mistake(
          "traffic", "must be above 0 and at most 100, but is " + Section.plain(traffic));
      traffic = null;
    }
    if (traffic != null && traffic < before) {
      section.mistake(
          "traffic",
          "goes down from "
              + Section.plain(before)
              + " to "
              + Section.plain(traffic)
              + "; from gate to gate the share stays or grows");
    }
    var share = traffic == null ? before : traffic;
    var hold = section.duration("hold");
    var timeout = section.duration("timeout", Duration.ofHours(1));
    if (hold != null && hold.compareTo(timeout) >= 0) {
      section.mistake(
          "hold",
          hold.equals(timeout)
              ? "of "
                  + Durations.format(hold)
                  + " leaves the gate's timeout no time to reach the share; give a longer timeout"
              : longer(hold, timeout));
    }
    var test = test(section.section("test"), timeout);
    var metrics = MetricReader.metrics(section, timeout, share);
    var onInconclusive =
        section.choice("on-inconclusive", OnInconclusive.class, OnInconclusive.WAIT);
    var approval = approval(section.section("approval"));
    if (List.of("traffic", "hold", "test", "metrics", "approval").stream()
        .noneMatch(section::has)) {
      section.mistake("does nothing; give it traffic, hold, test, metrics or approval");
    }
    checkEffects(section);
    section.end();
    return new GateDefinition(
        Section.orEmpty(name), traffic, hold, timeout, test, metrics, onInconclusive, approval);
  }

  private static void checkEffects(Section section) {
    var works = List.of("traffic", "hold", "test", "metrics");
    if (section.has("on-inconclusive") && !section.has("metrics")) {
      section.mistake("on-inconclusive", "has no effect without metrics");
    }
    if (section.has("timeout")
        && section.has("approval")
        && works.stream().noneMatch(section::has)) {
      section.mistake(
          "timeout",
          "has no effect, because nothing here takes time but the approval; give it"
              + " approval.timeout");
    }
  }

  private static String longer(Duration duration, Duration timeout) {
    return "of "
        + Durations.format(duration)
        + " is longer than the gate's timeout of "
        + Durations.format(timeout);
  }

  private @Nullable TestDefinition test(@Nullable Section section, Duration gateTimeout) {
    if (section == null) {
      return null;
    }
    section.require("image", "the key of the image that has the test");
    var image = section.text("image");
    if (image != null && !imageKeys.contains(image)) {
      section.mistake(
          "image", "there is no image '" + image + "'; images are " + String.join(", ", imageKeys));
    }
    var command = section.texts("command");
    for (var i = 0; i < command.size(); i++) {
      section.checkPlaceholders("command[" + i + "]", command.get(i));
    }
    var env = section.variables("env", "an environment variable");
    var timeout = section.duration("timeout", Duration.ofMinutes(5));
    if (timeout.compareTo(gateTimeout) > 0) {
      section.mistake("timeout", longer(timeout, gateTimeout));
    }
    section.end();
    return new TestDefinition(Section.orEmpty(image), command, env, timeout);
  }

  private static @Nullable ApprovalDefinition approval(@Nullable Section section) {
    if (section == null) {
      return null;
    }
    var approval =
        new ApprovalDefinition(
            section.duration("timeout", Duration.ofHours(24)),
            section.choice("on-timeout", OnTimeout.class, OnTimeout.REJECT),
            section.count("people", 1),
            section.truth("not-author", false));
    section.end();
    return approval;
  }
}
