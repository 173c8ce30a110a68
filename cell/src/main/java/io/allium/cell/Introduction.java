package io.allium.cell;

import io.allium.base.ByteReader;
import io.allium.base.ByteWriter;
import io.allium.base.ProtocolViolation;
import io.allium.crypto.Ed25519Identity;

/**
 * What INTRODUCE1 brings to an introduction point, and INTRODUCE2 from there to the service: the same bytes.
 *
 * @param authKey by which the introduction point knows the service
 * @param extensions for the introduction point; none are known yet
 * @param encrypted for the service alone: the client's key, its message and a tag over everything
 * @spec rend-spec-v3 3.2.1
 */
public record Introduction(Ed25519Identity authKey, Extensions extensions, byte[] encrypted) {
    private static final int LEGACY_KEY_ID_LENGTH = 20;

    /** All before the encrypted section, which the client's tag is over as well. */
    public static byte[] header(Ed25519Identity authKey, Extensions extensions) {
        ByteWriter out = new ByteWriter(64).zeros(LEGACY_KEY_ID_LENGTH);
        IntroAuthKey.write(authKey, out);
        return out.put(extensions.encode()).toBytes();
    }

    /** All before the encrypted section. */
    public byte[] header() {
        return header(authKey, extensions);
    }

    byte[] encode() {
        return new ByteWriter(RelayCell.DATA_MAX).put(header()).put(encrypted).toBytes();
    }

    static Introduction decode(ByteReader in) throws ProtocolViolation {
        for (byte b : in.take(LEGACY_KEY_ID_LENGTH, "LEGACY_KEY_ID")) {
            if (b != 0) {
                throw new ProtocolViolation("in the form of version 2, whose services are gone");
            }
        }
        return new Introduction(IntroAuthKey.read(in), Extensions.read(in), in.rest());
    }
}
