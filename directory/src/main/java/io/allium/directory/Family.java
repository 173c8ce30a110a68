package io.allium.directory;

import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The relays that a relay calls its family: by fingerprint, or by nickname as old ones do. Immutable.
 *
 * @spec dir-spec 2.1.1
 */
record Family(Set<Fingerprint> fingerprints, Set<String> nicknames) {
    static final Family NONE = new Family(Set.of(), Set.of());

    /** From the entries of a {@code family} line; those that make no sense are passed over. */
    static Family of(List<String> entries) {
        if (entries.isEmpty()) {
            return NONE;
        }
        Set<Fingerprint> fingerprints = new TreeSet<>();
        Set<String> nicknames = new TreeSet<>();
        for (String entry : entries) {
            if (entry.startsWith("$") || entry.length() >= 2 * Fingerprint.LENGTH) {
                fingerprint(entry.split("[=~]", 2)[0]).ifPresent(fingerprints::add);
            } else {
                nicknames.add(entry.toLowerCase(Locale.ROOT));
            }
        }
        return new Family(fingerprints, nicknames);
    }

    private static Optional<Fingerprint> fingerprint(String text) {
        try {
            return Optional.of(Fingerprint.parse(text));
        } catch (Untrusted malformed) {
            return Optional.empty();
        }
    }

    boolean lists(Relay relay) {
        return fingerprints.contains(relay.fingerprint())
                || (!nicknames.isEmpty() && nicknames.contains(relay.nickname().toLowerCase(Locale.ROOT)));
    }
}
