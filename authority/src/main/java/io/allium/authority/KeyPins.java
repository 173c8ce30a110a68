package io.allium.authority;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which RSA identity belongs to which Ed25519 identity, once and for all: who steals one of a relay's two keys cannot
 * pair it with another. Kept in C tor's {@code key-pinning-journal}, a line a pair. Guarded by {@code lock}.
 *
 * @spec dir-spec 3.2
 */
final class KeyPins {
    /** C tor's name for it. */
    static final String FILE = "key-pinning-journal";

    /** Fifty times the size of today's network: more pairs than that are an attack, and none is added. */
    static final int PINS_MAX = 500_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Fingerprint, Ed25519Identity> byRsa = new HashMap<>();
    private final Map<Ed25519Identity, Fingerprint> byEd25519 = new HashMap<>();
    private final Disk disk;
    private final Path journal;

    private KeyPins(Disk disk, Path journal) {
        this.disk = disk;
        this.journal = journal;
    }

    /** Reads the journal, if there is one. The last word on a pair counts; lines that make no sense are passed over. */
    static KeyPins load(Disk disk, Path journal) throws LocalFailure {
        KeyPins pins = new KeyPins(disk, journal);
        disk.read(journal).ifPresent(saved -> {
            for (String line : new String(saved, StandardCharsets.ISO_8859_1).split("\n")) {
                pins.restore(line);
            }
        });
        return pins;
    }

    /** Whether this pair contradicts one that we know. */
    boolean contradicts(Fingerprint rsa, Ed25519Identity identity) {
        lock.lock();
        try {
            Ed25519Identity pinnedIdentity = byRsa.get(rsa);
            Fingerprint pinnedRsa = byEd25519.get(identity);
            return (pinnedIdentity != null && !pinnedIdentity.equals(identity))
                    || (pinnedRsa != null && !pinnedRsa.equals(rsa));
        } finally {
            lock.unlock();
        }
    }

    /** Remembers a pair that contradicts nothing. */
    void pin(Fingerprint rsa, Ed25519Identity identity) throws LocalFailure {
        lock.lock();
        try {
            if (byRsa.containsKey(rsa) || byEd25519.containsKey(identity) || byRsa.size() >= PINS_MAX) {
                return;
            }
            put(rsa, identity);
            disk.append(journal, line(rsa, identity).getBytes(StandardCharsets.US_ASCII));
        } finally {
            lock.unlock();
        }
    }

    private static String line(Fingerprint rsa, Ed25519Identity identity) {
        Base64.Encoder unpadded = Base64.getEncoder().withoutPadding();
        return unpadded.encodeToString(rsa.bytes()) + " " + unpadded.encodeToString(identity.bytes()) + "\n";
    }

    private void restore(String line) {
        if (line.length() != 71 || line.charAt(27) != ' ' || line.startsWith("#") || line.startsWith("@")) {
            return;
        }
        try {
            put(
                    Fingerprint.of(Base64.getDecoder().decode(line.substring(0, 27))),
                    Ed25519Identity.of(Base64.getDecoder().decode(line.substring(28))));
        } catch (IllegalArgumentException damaged) {
            return; // a crash may have cut the last line short
        }
    }

    private void put(Fingerprint rsa, Ed25519Identity identity) {
        Ed25519Identity before = byRsa.put(rsa, identity);
        if (before != null && !before.equals(identity)) {
            byEd25519.remove(before);
        }
        Fingerprint other = byEd25519.put(identity, rsa);
        if (other != null && !other.equals(rsa)) {
            byRsa.remove(other);
        }
    }
}
