package io.allium.client;

import io.allium.base.Untrusted;
import io.allium.crypto.Fingerprint;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the state file keeps about one sampled guard, a {@code Guard} line. Immutable.
 *
 * @param selection the guard state it belongs to: {@code default}, {@code bridges}, {@code restricted}
 * @param sampledIndex its place among the sampled guards of its selection
 * @param confirmedOn when a circuit through it first carried traffic; absent before that
 * @param confirmedIndex its place among the confirmed guards; -1 before that
 * @param others fields that we keep and don't use, such as path bias counts
 * @spec guard-spec A.5
 */
record GuardLine(
        String selection,
        Fingerprint fingerprint,
        String nickname,
        Instant sampledOn,
        int sampledIndex,
        String sampledBy,
        Optional<Instant> unlistedSince,
        boolean listed,
        Optional<Instant> confirmedOn,
        int confirmedIndex,
        Map<String, String> others) {
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT);

    GuardLine {
        others = new LinkedHashMap<>(others);
    }

    /** Reads the value of a {@code Guard} line. */
    static GuardLine parse(String line) throws Untrusted {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String word : line.strip().split("\\s+")) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                fields.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        String selection = required(fields, "in");
        Fingerprint fingerprint = Fingerprint.parse(required(fields, "rsa_id"));
        Instant sampledOn = time(required(fields, "sampled_on"));
        boolean listed = required(fields, "listed").equals("1");
        Optional<String> unlistedSince = Optional.ofNullable(fields.remove("unlisted_since"));
        Optional<String> confirmedOn = Optional.ofNullable(fields.remove("confirmed_on"));
        int confirmedIndex = index(fields.remove("confirmed_idx"), confirmedOn.isPresent() ? Integer.MAX_VALUE : -1);
        return new GuardLine(
                selection,
                fingerprint,
                Optional.ofNullable(fields.remove("nickname")).orElse(""),
                sampledOn,
                index(fields.remove("sampled_idx"), Integer.MAX_VALUE),
                Optional.ofNullable(fields.remove("sampled_by")).orElse(""),
                unlistedSince.isPresent() ? Optional.of(time(unlistedSince.get())) : Optional.empty(),
                listed,
                confirmedOn.isPresent() ? Optional.of(time(confirmedOn.get())) : Optional.empty(),
                confirmedOn.isPresent() ? confirmedIndex : -1,
                fields);
    }

    /** The value of the line, fields in the order in which C tor writes them. */
    String format() {
        StringBuilder out = new StringBuilder("in=" + selection + " rsa_id=" + fingerprint.hex());
        if (!nickname.isEmpty()) {
            out.append(" nickname=").append(nickname);
        }
        out.append(" sampled_on=")
                .append(text(sampledOn))
                .append(" sampled_idx=")
                .append(sampledIndex);
        if (!sampledBy.isEmpty()) {
            out.append(" sampled_by=").append(sampledBy);
        }
        unlistedSince.ifPresent(since -> out.append(" unlisted_since=").append(text(since)));
        out.append(" listed=").append(listed ? 1 : 0);
        confirmedOn.ifPresent(on -> out.append(" confirmed_on=")
                .append(text(on))
                .append(" confirmed_idx=")
                .append(confirmedIndex));
        others.forEach((key, value) -> out.append(' ').append(key).append('=').append(value));
        return out.toString();
    }

    private static String required(Map<String, String> fields, String name) throws Untrusted {
        String value = fields.remove(name);
        if (value == null) {
            throw new Untrusted("Guard: " + name + " is missing");
        }
        return value;
    }

    private static int index(@Nullable String text, int otherwise) {
        return text != null && text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : otherwise;
    }

    private static Instant time(String text) throws Untrusted {
        try {
            return LocalDateTime.parse(text, ISO).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException malformed) {
            throw new Untrusted("Guard: '" + text + "' is not a time", malformed);
        }
    }

    private static String text(Instant time) {
        return time.atOffset(ZoneOffset.UTC).format(ISO);
    }
}
