package io.aviary.webhook;

import io.aviary.release.DeliveryView.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the sender of a delivery is told, as JSON. */
record Answer(String delivery, Verdict verdict, String reason, List<Entry> applications) {

  record Entry(String name, Verdict verdict, String reason, @Nullable Long run) {}
}
