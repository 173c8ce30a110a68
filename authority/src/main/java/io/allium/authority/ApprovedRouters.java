package io.allium.authority;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Untrusted;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.RouterDescriptor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the operator has decided about single relays, in C tor's file {@code approved-routers}: a line each, {@code
 * !reject}, {@code !invalid}, {@code !badexit}, {@code !middleonly}, {@code !stripguard}, {@code !striphsdir} or {@code
 * !stripv2dir} and a fingerprint or an Ed25519 identity. Immutable.
 */
public final class ApprovedRouters {
    /** What a line says of its relay. */
    public enum Verdict {
        REJECT("!reject"),
        INVALID("!invalid"),
        BAD_EXIT("!badexit"),
        MIDDLE_ONLY("!middleonly"),
        STRIP_GUARD("!stripguard"),
        STRIP_HS_DIR("!striphsdir"),
        STRIP_V2_DIR("!stripv2dir");

        private final String keyword;

        Verdict(String keyword) {
            this.keyword = keyword;
        }

        String keyword() {
            return keyword;
        }
    }

    /** Of an Ed25519 identity, without padding. */
    private static final int BASE64_LENGTH = 43;

    private final Map<Verdict, Set<Fingerprint>> byFingerprint = new EnumMap<>(Verdict.class);
    private final Map<Verdict, Set<Ed25519Identity>> byIdentity = new EnumMap<>(Verdict.class);

    private ApprovedRouters() {}

    /** Reads the file; one that is not there decides nothing. Lines that make no sense are reported and passed over. */
    static ApprovedRouters load(Disk disk, Path file, Log log) throws LocalFailure {
        ApprovedRouters routers = new ApprovedRouters();
        Optional<byte[]> content = disk.read(file);
        if (content.isPresent()) {
            for (String line : new String(content.get(), StandardCharsets.UTF_8).split("\n")) {
                String bare = line.strip();
                if (!bare.isEmpty() && !bare.startsWith("#") && !routers.add(bare)) {
                    log.warn(Log.Domain.CONFIG, file + ": cannot make sense of '" + bare + "'");
                }
            }
        }
        return routers;
    }

    /** Whether the file says this of the relay. */
    boolean says(Verdict verdict, RouterDescriptor relay) {
        return byFingerprint.getOrDefault(verdict, Set.of()).contains(relay.fingerprint())
                || byIdentity.getOrDefault(verdict, Set.of()).contains(relay.identity());
    }

    private boolean add(String line) {
        String[] words = line.split("\\s+", 2);
        for (Verdict verdict : Verdict.values()) {
            if (words.length == 2 && words[0].equalsIgnoreCase(verdict.keyword)) {
                return add(verdict, words[1]);
            }
        }
        return !line.startsWith("!"); // a nickname with its fingerprint: approved, which decides nothing any more
    }

    private boolean add(Verdict verdict, String relay) {
        try {
            if (relay.length() == BASE64_LENGTH) {
                identities(verdict).add(Ed25519Identity.parseBase64(relay));
            } else {
                fingerprints(verdict).add(Fingerprint.parse(relay));
            }
            return true;
        } catch (Untrusted malformed) {
            return false;
        }
    }

    private Set<Fingerprint> fingerprints(Verdict verdict) {
        return byFingerprint.computeIfAbsent(verdict, v -> new HashSet<>());
    }

    private Set<Ed25519Identity> identities(Verdict verdict) {
        return byIdentity.computeIfAbsent(verdict, v -> new HashSet<>());
    }
}
