package io.aviary.source;

import io.aviary.release.CodefreshImport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.springframework.stereotype.Component;

/** Reads both pipelines, writes what they mean, and reads that again to be sure of it. */
@Component
class CodefreshConverter implements CodefreshImport {

  static final String CANARY = "codefresh-canary.yml";
  static final String PRODUCTION = "codefresh-prod.yml";

  CodefreshConverter() {}

  @Override
  public Converted convert(String canary, String production) {
    var report = new ArrayList<Entry>();
    var release = new CodefreshRelease();
    new CodefreshPipeline(CANARY, release, report).read(canary, false);
    new CodefreshPipeline(PRODUCTION, release, report).read(production, true);
    release.missing().forEach(it -> report.add(refused(CANARY, it)));
    var text = release.isEmpty() ? null : release.write();
    if (text != null
        && DefinitionReader.read("aviary.yml", text) instanceof DefinitionReader.Mistakes bad) {
      bad.mistakes().forEach(it -> report.add(refused("aviary.yml", it.toString())));
    }
    report.sort(
        Comparator.comparingInt(
                (Entry it) -> List.of(CANARY, PRODUCTION, "aviary.yml").indexOf(it.file()))
            .thenComparingInt(Entry::line));
    var complete = text != null && report.stream().noneMatch(it -> it.verdict() == Verdict.REFUSED);
    return new Converted(text, complete, report);
  }

  private static Entry refused(String file, String reason) {
    return new Entry(file, 0, "", Verdict.REFUSED, reason);
  }
}
