package io.allium.sim;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a Tor's {@code state} file says of its guards, in the form that guard-spec gives it. Immutable.
 *
 * @param sampled fingerprints in hex, in the order in which they were sampled
 * @param confirmed those of them that have worked, in the order in which they are liked
 * @param vanguards by layer, and in it by fingerprint
 */
record StateLines(List<String> sampled, List<String> confirmed, Map<Integer, List<String>> vanguards) {
    static StateLines of(SimulatedTor tor) {
        String text = new String(
                tor.host().disk().read(SimulatedTor.DATA.resolve("state")).orElse(new byte[0]),
                StandardCharsets.US_ASCII);
        List<Map<String, String>> guards = new ArrayList<>();
        Map<Integer, List<String>> vanguards = new LinkedHashMap<>(Map.of(2, new ArrayList<>(), 3, new ArrayList<>()));
        for (String line : text.split("\n", -1)) {
            Map<String, String> fields = fields(line);
            if (line.startsWith("Guard in=default ")) {
                guards.add(fields);
            } else if (line.startsWith("Vanguard ")) {
                Optional.ofNullable(vanguards.get(Integer.parseInt(fields.get("layer"))))
                        .orElseThrow()
                        .add(fields.get("rsa_id"));
            }
        }
        return new StateLines(ordered(guards, "sampled_idx"), ordered(guards, "confirmed_idx"), vanguards);
    }

    private static List<String> ordered(List<Map<String, String>> guards, String index) {
        return guards.stream()
                .filter(guard -> guard.containsKey(index))
                .sorted(Comparator.comparingInt(guard -> Integer.parseInt(guard.get(index))))
                .map(guard -> guard.get("rsa_id"))
                .toList();
    }

    private static Map<String, String> fields(String line) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String word : line.split(" ", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                fields.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return fields;
    }
}
