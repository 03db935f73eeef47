package io.aviary.web.ui;

import io.aviary.release.ConnectionCheck;
import io.aviary.release.RunStatus;
import io.aviary.release.SystemReport;
import io.aviary.release.Workload;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import java.util.stream.Stream;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;

/** How the server itself is. Nothing is asked of a network here: what was found last is shown. */
@Controller
@Needs(Right.SYSTEM)
class SystemPage {

  private final SystemReport report;
  private final Workload workload;

  SystemPage(SystemReport report, Workload workload) {
    this.report = report;
    this.workload = workload;
  }

  @GetMapping("/system")
  String system(@ModelAttribute("part") Part part, Caller caller, Model model) {
    caller.demand(Right.SYSTEM, null);
    var health = report.health();
    model.addAttribute("health", health);
    model.addAttribute(
        "bad",
        health.findings().stream()
            .filter(it -> it.verdict() == ConnectionCheck.Verdict.BAD)
            .count());
    model.addAttribute("leases", report.leases());
    model.addAttribute("versions", report.versions());
    var work = workload.now();
    model.addAttribute("work", work);
    model.addAttribute(
        "open",
        Stream.of(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING)
            .map(it -> new Evidence.Fact(State.of(it).word(), String.valueOf(work.open(it))))
            .toList());
    return part.of("system", "live");
  }
}
