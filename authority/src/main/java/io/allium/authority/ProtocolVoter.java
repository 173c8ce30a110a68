package io.allium.authority;

import io.allium.netdoc.ProtocolVersions;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which versions of subprotocols are recommended or required: each version by its own count.
 *
 * @spec dir-spec 3.4.1
 */
final class ProtocolVoter {
    private ProtocolVoter() {}

    /** How many of that many authorities it takes to recommend: half of them, rounded up. */
    static int toRecommend(int authorities) {
        return (authorities + 1) / 2;
    }

    /** How many of that many authorities it takes to require: two thirds of them, rounded up. */
    static int toRequire(int authorities) {
        return (authorities * 2 + 2) / 3;
    }

    /** The versions that at least {@code needed} of the votes list. */
    static ProtocolVersions agreed(List<ProtocolVersions> opinions, int needed) {
        SortedMap<String, int[]> counts = new TreeMap<>();
        for (ProtocolVersions opinion : opinions) {
            opinion.bits().forEach((name, bits) -> {
                int[] count = counts.computeIfAbsent(name, n -> new int[ProtocolVersions.MAX_VERSION + 1]);
                for (int version = 0; version < count.length; version++) {
                    count[version] += (int) (bits >>> version & 1);
                }
            });
        }
        SortedMap<String, Long> agreed = new TreeMap<>();
        counts.forEach((name, count) -> {
            long bits = 0;
            for (int version = 0; version < count.length; version++) {
                bits |= count[version] >= needed ? 1L << version : 0;
            }
            if (bits != 0) {
                agreed.put(name, bits);
            }
        });
        return ProtocolVersions.ofBits(agreed);
    }
}
