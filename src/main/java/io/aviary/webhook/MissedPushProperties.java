package io.aviary.webhook;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How pushes are found that GitHub did not deliver.
 *
 * @param missedPushPoll between the end of one look at all branches and the next
 */
@ConfigurationProperties("aviary")
record MissedPushProperties(@DefaultValue("5m") Duration missedPushPoll) {

  MissedPushProperties {
    if (missedPushPoll.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "aviary.missed-push-poll is " + missedPushPoll + "; it must be at least 1s");
    }
  }
}
