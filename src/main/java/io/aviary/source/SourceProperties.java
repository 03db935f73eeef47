package io.aviary.source;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How git is asked, {@code aviary.source.*}.
 *
 * @param folder where the histories of branches are kept between questions, one bare repository a
 *     clone URL; they are only a cache. Null: a temporary folder that ends with the process
 * @param timeout to connect, and for each answer; whole seconds
 * @param limit for one question in all
 */
@ConfigurationProperties("aviary.source")
public record SourceProperties(
    @Nullable Path folder,
    @DefaultValue("10s") Duration timeout,
    @DefaultValue("60s") Duration limit) {}
