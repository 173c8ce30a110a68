package io.allium.directory;

import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import io.allium.netdoc.Consensus;
import io.allium.netdoc.KeyCertificate;
import io.allium.netdoc.Microdescriptor;
import io.allium.netdoc.Unverified;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Documents that a private network of C tor made. */
final class Samples {
    /** While the sample consensus holds. */
    static final Instant NOW = Instant.parse("2026-11-20T11:23:10Z");

    private Samples() {}

    static byte[] bytes(String name) {
        try (InputStream in = Samples.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    static Unverified<Consensus> consensus() throws Untrusted {
        return Consensus.parse(bytes("consensus-microdesc"));
    }

    static List<KeyCertificate> certificates() throws Untrusted {
        List<KeyCertificate> all = new ArrayList<>();
        for (Unverified<KeyCertificate> each :
                KeyCertificate.parseAll(bytes("key-certificates")).documents()) {
            all.add(each.verify(KeyCertificate::selfSigned));
        }
        return all;
    }

    static List<Microdescriptor> microdescriptors() {
        return Microdescriptor.parseAll(bytes("microdescs")).documents();
    }

    static List<Fingerprint> authorities() throws Untrusted {
        return certificates().stream().map(KeyCertificate::fingerprint).toList();
    }
}
