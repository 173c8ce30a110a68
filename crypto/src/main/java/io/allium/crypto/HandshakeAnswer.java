package io.allium.crypto;

/**
 * What a relay has once it has answered a client's handshake.
 *
 * @param reply for CREATED2 or CREATED_FAST
 * @param keys the circuit's keys
 */
public record HandshakeAnswer(byte[] reply, KeyMaterial keys) {}
