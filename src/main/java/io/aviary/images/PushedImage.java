package io.aviary.images;

/**
 * An image that the registry is known to serve: what the cluster runs from here on.
 *
 * @param reference {@code registry/name@sha256:…}
 * @param digest {@code sha256:…}
 * @param tag under which it was pushed; it may name another image later
 */
public record PushedImage(String reference, String digest, String tag) {}
