package io.aviary.webhook;

import io.aviary.release.AviaryProperties;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;

/**
 * The webhook as it runs: real sockets, real time, the engine at work (its only step fails at once)
 * and db-scheduler as its starter makes it.
 */
@EnableAutoConfiguration
@AutoConfigurationPackage(basePackages = "io.aviary")
@EnableConfigurationProperties({AviaryProperties.class, MissedPushProperties.class})
@Import({Surroundings.class, OpenDoor.class})
@ComponentScan(
    basePackages = {"io.aviary.release", "io.aviary.webhook"},
    excludeFilters =
        @ComponentScan.Filter(
            type = FilterType.REGEX,
            pattern =
                ".*Test(\\$.*)?|.*\\.webhook\\.(TestServer|LoadServer|Surroundings|OpenDoor)"))
class LiveServer {}
