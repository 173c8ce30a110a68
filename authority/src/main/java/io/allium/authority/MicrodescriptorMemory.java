package io.allium.authority;

import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Sha1Digest;
import java.util.HashMap;
import java.util.Map;

/**
 * What was made of each descriptor for the last vote, for from one vote to the next few relays have a new one. As large as
 * two votes. Confined to the voting task.
 */
final class MicrodescriptorMemory {
    private Map<Sha1Digest, MicrodescriptorVotes> before = new HashMap<>();
    private Map<Sha1Digest, MicrodescriptorVotes> now = new HashMap<>();

    /** Begins a vote; what the last one did not ask for is forgotten. */
    void begin() {
        before = now;
        now = new HashMap<>();
    }

    MicrodescriptorVotes of(RouterDescriptor descriptor) {
        return now.computeIfAbsent(descriptor.digest(), digest -> {
            MicrodescriptorVotes known = before.get(digest);
            return known == null ? MicrodescriptorVotes.of(descriptor) : known;
        });
    }
}
