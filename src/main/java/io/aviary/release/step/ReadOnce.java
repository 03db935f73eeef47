package io.aviary.release.step;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What one call of a step has read already. Its parts ask for the same objects, each for itself;
 * within a call the first answer counts, until the call changes something.
 *
 * <p>What changes meanwhile is not missed: it is an event, and an event is a reason for one more
 * call. So this is for what events tell of; what must be read anew does not go through it.
 *
 * <p>Bound to the thread of the call; elsewhere everything is read each time.
 */
public final class ReadOnce {

  private static final ScopedValue<ReadOnce> CALL = ScopedValue.newInstance();

  private final Map<Object, Object> answers = new HashMap<>();

  private ReadOnce() {}

  /** The call itself. */
  public static <T> T during(ScopedValue.CallableOp<T, RuntimeException> call) {
    return ScopedValue.where(CALL, new ReadOnce()).call(call);
  }

  /** Whether this thread is in a call. */
  public static boolean isBound() {
    return CALL.isBound();
  }

  /**
   * What has been read as this, or is now.
   *
   * @param what by its {@code equals}; always with the same type of answer
   */
  @SuppressWarnings("unchecked") // as the caller promises
  public static <T> T of(Object what, Supplier<T> read) {
    return CALL.isBound()
        ? (T) CALL.get().answers.computeIfAbsent(what, key -> read.get())
        : read.get();
  }

  /** Called when what was read is of no use. */
  public static void forget(Object what) {
    if (CALL.isBound()) {
      CALL.get().answers.remove(what);
    }
  }

  /** Called when something is changed, or may have been. */
  public static void forget() {
    if (CALL.isBound()) {
      CALL.get().answers.clear();
    }
  }
}
