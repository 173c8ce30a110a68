package io.allium.crypto;

import io.allium.base.ProtocolViolation;

/** The client's half of a circuit handshake that has begun. Immutable. */
public sealed interface ClientHandshake permits Ntor.Client, NtorV3.Client, CreateFast.Client {
    /** A copy of what to send in CREATE2, EXTEND2 or CREATE_FAST. */
    byte[] onionskin();

    /** Checks the relay's reply, whose length may be anything, and agrees on the keys. */
    Agreement finish(byte[] reply) throws ProtocolViolation;
}
