package io.aviary.pipeline;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The share of traffic that the canary has while a gate is looked at.
 *
 * @param asked per cent; its own or the one that an earlier gate gave; null: none yet
 * @param own whether this gate asks for it itself
 * @param reached when the conditions began to be looked at; null: not yet, or there is no share
 * @param how in words, e.g. "1 of 10 ready endpoints"
 * @param reachedAt when it was there, or at once where there is none
 * @param awaySince since when it is not what it was, and is being put right
 */
record GateShare(
    @Nullable Double asked,
    boolean own,
    @Nullable Double reached,
    @Nullable String how,
    @Nullable Instant reachedAt,
    @Nullable Instant awaySince) {

  static GateShare of(@Nullable Double asked, boolean own) {
    return new GateShare(asked, own, null, null, null, null);
  }

  GateShare reached(@Nullable Double share, @Nullable String words, Instant at) {
    return new GateShare(asked, own, share, words, at, null);
  }

  GateShare away(@Nullable Instant since) {
    return new GateShare(asked, own, reached, how, reachedAt, since);
  }
}
