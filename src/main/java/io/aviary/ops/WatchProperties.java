package io.aviary.ops;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How changed files of the configuration are noticed, {@code aviary.configuration.*}.
 *
 * @param every so often they are read again; what has changed is in effect after two looks. 0:
 *     never, changes take effect with the next start
 */
@ConfigurationProperties("aviary.configuration")
record WatchProperties(@DefaultValue("5s") Duration every) {}
