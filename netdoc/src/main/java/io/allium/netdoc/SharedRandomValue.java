package io.allium.netdoc;

/**
 * A random value that the authorities made together.
 *
 * @param reveals how many authorities contributed
 * @param value 32 bytes
 * @spec srv-spec 4.1
 */
public record SharedRandomValue(int reveals, Sha256Digest value) {}
