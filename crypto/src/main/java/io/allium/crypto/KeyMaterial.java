package io.allium.crypto;

import java.util.Arrays;
import javax.crypto.Mac;
import org.bouncycastle.crypto.digests.SHAKEDigest;

/**
 * What a handshake agreed on: a stream of secret bytes that circuit keys are cut from, in order. Confined to whoever made
 * it.
 */
public final class KeyMaterial {
    /** Makes the stream, a block at a time. */
    private interface Blocks {
        byte[] next();
    }

    private final Blocks blocks;
    private byte[] block = new byte[0];
    private int used;

    private KeyMaterial(Blocks blocks) {
        this.blocks = blocks;
    }

    /** Bytes agreed on elsewhere, and no more than those. */
    static KeyMaterial of(byte[] bytes) {
        KeyMaterial keys = new KeyMaterial(() -> {
            throw new IllegalStateException("more key material than there is");
        });
        keys.block = bytes.clone();
        return keys;
    }

    /** SHA-1 over the secret and a counting byte. @spec tor-spec 5.2.1 */
    static KeyMaterial kdfTor(byte[] secret) {
        byte[] input = Arrays.copyOf(secret, secret.length + 1);
        int[] count = {0};
        return new KeyMaterial(() -> {
            input[secret.length] = counted(count[0]++);
            return Digests.sha1(input);
        });
    }

    /** HKDF-SHA256's expanding half. @spec tor-spec 5.2.2 */
    static KeyMaterial hkdf(byte[] seed, byte[] info) {
        Mac mac = Macs.hmacSha256(seed);
        int[] count = {1};
        byte[][] last = {new byte[0]};
        return new KeyMaterial(() -> {
            mac.update(last[0]);
            mac.update(info);
            mac.update(counted(count[0]++));
            last[0] = mac.doFinal();
            return last[0];
        });
    }

    /** SHAKE-256 over the parts. */
    static KeyMaterial shake256(byte[]... parts) {
        SHAKEDigest shake = new SHAKEDigest(256);
        for (byte[] part : parts) {
            shake.update(part, 0, part.length);
        }
        return new KeyMaterial(() -> {
            byte[] squeezed = new byte[136]; // SHAKE-256's rate
            shake.doOutput(squeezed, 0, squeezed.length);
            return squeezed;
        });
    }

    /** Both counting functions number their blocks with one byte. */
    private static byte counted(int block) {
        if (block > 255) {
            throw new IllegalStateException("more key material than the function can make");
        }
        return (byte) block;
    }

    /** The next {@code count} bytes, never given out again. */
    public byte[] take(int count) {
        byte[] taken = new byte[count];
        int done = 0;
        while (done < count) {
            if (used == block.length) {
                block = blocks.next();
                used = 0;
            }
            int part = Math.min(count - done, block.length - used);
            System.arraycopy(block, used, taken, done, part);
            used += part;
            done += part;
        }
        return taken;
    }
}
