package io.allium.crypto;

/**
 * What a client has once its handshake with a relay is done.
 *
 * @param keys the circuit's keys
 * @param message what the relay said along with its half (ntor-v3), else empty
 */
public record Agreement(KeyMaterial keys, byte[] message) {}
