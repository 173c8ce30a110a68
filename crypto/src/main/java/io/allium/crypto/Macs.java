package io.allium.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256. */
public final class Macs {
    private static final String HMAC_SHA256 = "HmacSHA256";

    private Macs() {}

    static Mac hmacSha256(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC_SHA256);
            mac.init(new SecretKeySpec(key, HMAC_SHA256));
            return mac;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JDK has " + HMAC_SHA256, missing);
        }
    }

    /** The tag of the parts, one after another. */
    public static byte[] hmacSha256(byte[] key, byte[]... parts) {
        Mac mac = hmacSha256(key);
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }
}
