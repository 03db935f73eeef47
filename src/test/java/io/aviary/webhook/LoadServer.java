package io.aviary.webhook;

import io.aviary.release.AviaryProperties;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;

/**
 * What a push goes through in the server as it is delivered, from the filters to the database, and
 * nothing that would do something else meanwhile.
 */
@EnableAutoConfiguration
@AutoConfigurationPackage(basePackages = "io.aviary")
@EnableConfigurationProperties({AviaryProperties.class, MissedPushProperties.class})
@Import(Surroundings.class)
@ComponentScan(
    basePackages = {"io.aviary.release", "io.aviary.webhook", "io.aviary.web.security"},
    excludeFilters =
        @ComponentScan.Filter(
            type = FilterType.REGEX,
            pattern =
                ".*(Test|Tests|IT)(\\$.*)?|.*\\.webhook\\.(TestServer|LiveServer|Surroundings|OpenDoor)"))
@ComponentScan(
    basePackages = "io.aviary.ops",
    useDefaultFilters = false,
    includeFilters =
        @ComponentScan.Filter(type = FilterType.REGEX, pattern = ".*\\.DatabaseSessions"))
class LoadServer {}
