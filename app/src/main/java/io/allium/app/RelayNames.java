package io.allium.app;

import io.allium.crypto.Fingerprint;
import io.allium.netdoc.RouterStatus;
import io.allium.netdoc.VoteEntry;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What to call the relays of a network: anybody may take a nickname that somebody else has. */
final class RelayNames {
    private static final int DIGITS = 8;

    private RelayNames() {}

    /** Every relay in any vote of the latest period, in the order of the names. */
    static Map<Fingerprint, String> of(NetworkStatus status) {
        Map<Fingerprint, String> nicknames = new TreeMap<>();
        Map<String, Integer> bearers = new TreeMap<>();
        for (AuthorityAnswer voter : status.voters()) {
            for (VoteEntry entry : voter.vote().orElseThrow().routers()) {
                RouterStatus relay = entry.status();
                if (nicknames.putIfAbsent(relay.fingerprint(), relay.nickname()) == null) {
                    bearers.merge(relay.nickname(), 1, Integer::sum);
                }
            }
        }
        Map<Fingerprint, String> names = new LinkedHashMap<>();
        nicknames.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .forEach(each -> names.put(each.getKey(), name(each.getKey(), each.getValue(), bearers)));
        return names;
    }

    private static String name(Fingerprint relay, String nickname, Map<String, Integer> bearers) {
        return bearers.getOrDefault(nickname, 1) == 1
                ? nickname
                : nickname + " ($" + relay.hex().substring(0, DIGITS) + "…)";
    }
}
