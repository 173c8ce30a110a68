package io.allium.netdoc;

import io.allium.crypto.Fingerprint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * The members on {@code family} lines: nicknames, or fingerprints with perhaps a nickname after them.
 *
 * @spec dir-spec 2.1.1
 */
public final class Families {
    private Families() {}

    /** Whether the text is a nickname or {@code [$]fingerprint[=nickname|~nickname]}. */
    public static boolean isMember(String text) {
        return Nicknames.isNickname(text) || isFingerprint(text);
    }

    /**
     * The members in the form of microdescriptors: fingerprints bare and in upper case, nicknames in lower case, the
     * relay itself added, sorted, without repetitions. What is neither is kept as it is.
     *
     * @spec dir-spec 3.3
     */
    static List<String> canonical(List<String> members, Fingerprint self) {
        TreeSet<String> known = new TreeSet<>();
        List<String> all = new ArrayList<>();
        known.add("$" + self.hex());
        for (String member : members) {
            if (Nicknames.isNickname(member)) {
                known.add(member.toLowerCase(Locale.ROOT));
            } else if (isFingerprint(member)) {
                known.add("$" + bare(member).substring(0, HEX_LENGTH).toUpperCase(Locale.ROOT));
            } else {
                all.add(member);
            }
        }
        all.addAll(known);
        all.sort(null);
        return all;
    }

    private static boolean isFingerprint(String text) {
        String bare = bare(text);
        return bare.length() >= HEX_LENGTH
                && bare.substring(0, HEX_LENGTH).chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80)
                && (bare.length() == HEX_LENGTH || isNicknamed(bare));
    }

    private static boolean isNicknamed(String bare) {
        char mark = bare.charAt(HEX_LENGTH);
        return (mark == '=' || mark == '~') && Nicknames.isNickname(bare.substring(HEX_LENGTH + 1));
    }

    private static String bare(String text) {
        return text.startsWith("$") ? text.substring(1) : text;
    }

    private static final int HEX_LENGTH = 2 * Fingerprint.LENGTH;
}
