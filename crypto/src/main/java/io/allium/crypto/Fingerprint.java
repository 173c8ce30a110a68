package io.allium.crypto;

import io.allium.base.Untrusted;
import java.util.HexFormat;

/** The SHA-1 digest of a relay's RSA identity key, by which the network knows it. Immutable. */
public final class Fingerprint extends FixedBytes<Fingerprint> implements Comparable<Fingerprint> {
    /** In bytes. */
    public static final int LENGTH = 20;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Fingerprint(byte[] bytes) {
        super(bytes, LENGTH);
    }

    /** Takes exactly {@value #LENGTH} bytes. */
    public static Fingerprint of(byte[] bytes) {
        return new Fingerprint(bytes);
    }

    /** Reads 40 hex digits, with or without spaces between them and a {@code $} before them. */
    public static Fingerprint parse(String text) throws Untrusted {
        String bare = (text.startsWith("$") ? text.substring(1) : text).replace(" ", "");
        try {
            return new Fingerprint(HEX.parseHex(bare));
        } catch (IllegalArgumentException notHex) {
            throw new Untrusted("'" + text + "' is not a fingerprint of 40 hex digits", notHex);
        }
    }

    /** 40 upper-case hex digits. */
    public String hex() {
        return HEX.formatHex(raw());
    }

    @Override
    public String toString() {
        return "$" + hex();
    }
}
