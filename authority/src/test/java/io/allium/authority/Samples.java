package io.allium.authority;

import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Unverified;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;

/** Documents that networks of C tor 0.4.9.11 produced. */
final class Samples {
    /** When the recorded descriptors were valid. */
    static final Instant TIME = Instant.parse("2026-11-20T11:23:00Z");

    private Samples() {}

    static byte[] read(String name) {
        try (InputStream in = Samples.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no sample " + name);
            }
            return in.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    static List<RouterDescriptor> descriptors() {
        return RouterDescriptor.parseAll(read("server-descriptors")).documents().stream()
                .map(Unverified::claimed)
                .toList();
    }

    static RouterDescriptor descriptor(String nickname) {
        return descriptors().stream()
                .filter(descriptor -> descriptor.nickname().equals(nickname))
                .findFirst()
                .orElseThrow();
    }
}
