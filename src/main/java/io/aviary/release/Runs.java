package io.aviary.release;

import io.aviary.release.definition.ReleaseDefinition;
import java.util.List;
import java.util.Optional;

/** Reads runs. Safe for use by many threads; each method is one short read-only transaction. */
public interface Runs {

  Optional<RunView> find(long id);

  /** What the run read at its commit; empty: it has not, or there is no such run. */
  Optional<ReleaseDefinition> definition(long id);

  /** Newest first. */
  Page<RunView> search(RunFilter filter, int page, int size);

  /** What happened to a run after the record with this id, oldest first; 0: from the start. */
  List<RunRecord> records(long run, long after);

  /**
   * Another text after each record that any run gets, to compare only. Cheap enough to ask each
   * second. Who shows many runs asks this before they are read.
   */
  String version();

  /**
   * The newest record of a run; 0: there is none. Who shows a run and then listens for what comes
   * after asks this first: what happens while the run is read is then told, not missed.
   */
  long newestRecord(long run);

  /**
   * A part of a step's log.
   *
   * @param offset in characters from the log's start
   * @param limit at most so many characters, rounded up to a stored chunk
   * @return empty where there is no such run or step
   */
  Optional<LogPart> log(long run, String step, long offset, int limit);

  /**
   * Part of a log.
   *
   * @param next offset to go on from
   * @param complete nothing will ever come after {@code next}
   */
  record LogPart(String text, long next, boolean complete) {}

  /**
   * Some lines of a step's log, from a line on.
   *
   * @param first the first line's number, from 1
   * @param limit at most so many; fewer where lines are very long
   * @return empty where there is no such run or step
   */
  Optional<LogLines> logLines(long run, String step, long first, int limit);

  /**
   * The first line of a step's log, from a line on, that contains a text, whatever its case. It may
   * read the whole log: about a second for 100 MB.
   *
   * @param text without a line end
   * @param from number of a line, from 1
   * @return its number, from 1; empty also where there is no such run or step
   */
  Optional<Long> findLine(long run, String step, String text, long from);

  /**
   * Lines of a log.
   *
   * @param first number of the first of them, from 1
   * @param total how many there are by now, one without a line end at the log's end included
   * @param next offset behind the last of them, in characters, for {@link #log}
   * @param open the last of them has no line end yet
   * @param complete nothing will ever come after the log's present end
   */
  record LogLines(
      List<String> lines, long first, long total, long next, boolean open, boolean complete) {

    public LogLines {
      lines = List.copyOf(lines);
    }

    /** Whether there are more lines behind these. */
    public boolean hasNext() {
      return first + lines.size() - 1 < total;
    }
  }

  /** What is live of each application and its canary. */
  Optional<ApplicationView> application(String name);

  /** All configured applications, in the order of the configuration. */
  List<ApplicationView> applications();
}
