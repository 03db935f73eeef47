package io.aviary.release.engine;

import io.aviary.release.definition.ReleaseDefinition;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * What was read of runs lately and cannot change any more: each look at a run needs it, and finds
 * it without a transaction. For any number of threads.
 */
@Component
class KnownRuns {

  private final RunStore store;
  private final Recent<ReleaseDefinition> definitions = new Recent<>(read -> true);
  private final Recent<Run> ended = new Recent<>(run -> run.status.isFinal());

  KnownRuns(RunStore store) {
    this.store = store;
  }

  /** Empty: the run has not read its commit. */
  Optional<ReleaseDefinition> definition(Claim claim) {
    return definitions.get(claim.run(), () -> store.definition(claim));
  }

  /** With its steps; a run that has not ended is read each time. */
  Optional<Run> find(long id) {
    return ended.get(id, () -> store.find(id));
  }

  private static final class Recent<V> {
    private static final int SIZE = 64;

    private final Predicate<V> lasts;
    private final Map<Long, V> kept =
        Collections.synchronizedMap(
            new LinkedHashMap<>(SIZE, 0.75f, true) {
              @Override
              protected boolean removeEldestEntry(Map.Entry<Long, V> eldest) {
                return size() > SIZE;
              }
            });

    Recent(Predicate<V> lasts) {
      this.lasts = lasts;
    }

    Optional<V> get(long run, Supplier<Optional<V>> read) {
      var known = kept.get(run);
      if (known != null) {
        return Optional.of(known);
      }
      var found = read.get();
      found.filter(lasts).ifPresent(value -> kept.put(run, value));
      return found;
    }
  }
}
