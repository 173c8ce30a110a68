package io.allium.base;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Random bytes for padding, some hundred of which go into a cell that is not full: the key stream of AES-256 in counter mode,
 * under keys from a secure source. Each buffer of it begins with the next one's key, and what was given out is erased, so that
 * nobody who comes to see the memory can tell what was sent before. Guarded by {@code lock}.
 */
final class PaddingStream {
    /** How much is made at a time: eight cells' worth. */
    static final int BUFFER_BYTES = 4096;

    /** How many buffers are made before a key comes from the source again: as in C tor's fast source. */
    static final int BUFFERS_PER_SEED = 16;

    private static final int KEY_BYTES = 32;

    private final SecureRandom source;

    private final ReentrantLock lock = new ReentrantLock();
    private final Cipher cipher = cipher();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at = BUFFER_BYTES;
    private int buffers;

    PaddingStream(SecureRandom source) {
        this.source = source;
    }

    /** Fills that part of an array, or does nothing and returns false if another thread is doing so. */
    boolean tryFill(byte[] into, int from, int to) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            take(into, from, to);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Fills that part of an array. */
    void fill(byte[] into, int from, int to) {
        lock.lock();
        try {
            take(into, from, to);
        } finally {
            lock.unlock();
        }
    }

    private void take(byte[] into, int from, int to) {
        int done = from;
        while (done < to) {
            if (at == BUFFER_BYTES) {
                refill();
            }
            int part = Math.min(to - done, BUFFER_BYTES - at);
            System.arraycopy(buffer, at, into, done, part);
            Arrays.fill(buffer, at, at + part, (byte) 0);
            at += part;
            done += part;
        }
    }

    /** All of the buffer but the next key is zero by now. */
    private void refill() {
        byte[] key = new byte[KEY_BYTES];
        if (buffers++ % BUFFERS_PER_SEED == 0) {
            source.nextBytes(key);
        } else {
            System.arraycopy(buffer, 0, key, 0, KEY_BYTES);
        }
        Arrays.fill(buffer, 0, KEY_BYTES, (byte) 0);
        try {
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
            cipher.update(buffer, 0, BUFFER_BYTES, buffer, 0);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES takes such keys, and the buffer has room", impossible);
        }
        Arrays.fill(key, (byte) 0);
        at = KEY_BYTES;
    }

    private static Cipher cipher() {
        try {
            return Cipher.getInstance("AES/CTR/NoPadding");
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JDK has AES in counter mode", missing);
        }
    }
}
