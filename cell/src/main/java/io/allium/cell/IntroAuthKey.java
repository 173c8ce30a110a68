package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.ProtocolViolation;
import io.allium.crypto.Ed25519Identity;

/**
 * AUTH_KEY_TYPE, AUTH_KEY_LEN and AUTH_KEY, by which a service and its clients name an introduction point's circuit.
 *
 * @spec rend-spec-v3 3.1.1
 */
final class IntroAuthKey {
    /** Of these, version 2 began its messages with the length of an RSA key. */
    private static final int LAST_LEGACY_TYPE = 1;

    private static final int ED25519 = 2;

    private IntroAuthKey() {}

    static void write(Ed25519Identity key, ByteWriter out) {
        out.u8(ED25519).u16(Ed25519Identity.LENGTH).put(key.bytes());
    }

    static Ed25519Identity read(ByteReader in) throws ProtocolViolation {
        int type = in.u8("AUTH_KEY_TYPE");
        if (type != ED25519) {
            throw new ProtocolViolation(
                    type <= LAST_LEGACY_TYPE
                            ? "in the form of version 2, whose services are gone"
                            : "authentication key of unknown type " + type);
        }
        int length = in.u16("AUTH_KEY_LEN");
        if (length != Ed25519Identity.LENGTH) {
            throw new ProtocolViolation("authentication key of " + length + " bytes");
        }
        return Ed25519Identity.of(in.take(length, "AUTH_KEY"));
    }
}
