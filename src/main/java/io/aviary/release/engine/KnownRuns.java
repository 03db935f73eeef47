package io.aviary.release.engine;

import io.aviary.release.definition.ReleaseDefinition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * What was read of runs lately and cannot change any more: each look at a run needs it, and finds
 * it without a transaction. For any number of threads.
 */
@Component
class KnownRuns {

  private final RunStore store;
  private final Recent<ReleaseDefinition> definitions = new Recent<>();
  private final Recent<Run> ended = new Recent<>();

  KnownRuns(RunStore store) {
    this.store = store;
  }

  /** Empty: the run has not read its commit. */
  Optional<ReleaseDefinition> definition(Claim claim) {
    return definitions.get(
        claim.run(),
        () -> store.definition(claim).map(read -> definitions.keep(claim.run(), read)));
  }

  /** With its steps; a run that has not ended is read each time. */
  Optional<Run> find(long id) {
    return ended.get(
        id, () -> store.find(id).map(run -> run.status.isFinal() ? ended.keep(id, run) : run));
  }

  private static final class Recent<V> {
    private static final int SIZE = 64;

    private final Map<Long, V> kept =
        new LinkedHashMap<>(SIZE, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, V> eldest) {
            return size() > SIZE;
          }
        };

    Optional<V> get(long run, Supplier<Optional<V>> read) {
      synchronized (kept) {
        var found = kept.get(run);
        if (found != null) {
          return Optional.of(found);
        }
      }
      return read.get();
    }

    V keep(long run, V value) {
      synchronized (kept) {
        kept.put(run, value);
      }
      return value;
    }
  }
}
