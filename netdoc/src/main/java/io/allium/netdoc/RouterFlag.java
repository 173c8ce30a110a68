package io.allium.netdoc;

import org.jspecify.annotations.Nullable;

/**
 * What authorities say of a relay, by the names of {@code s} lines.
 *
 * @spec dir-spec 3.4.1
 */
public enum RouterFlag {
    AUTHORITY("Authority"),
    BAD_EXIT("BadExit"),
    EXIT("Exit"),
    FAST("Fast"),
    GUARD("Guard"),
    HS_DIR("HSDir"),
    MIDDLE_ONLY("MiddleOnly"),
    NO_ED_CONSENSUS("NoEdConsensus"),
    RUNNING("Running"),
    STABLE("Stable"),
    STALE_DESC("StaleDesc"),
    SYBIL("Sybil"),
    V2_DIR("V2Dir"),
    VALID("Valid");

    private final String text;

    RouterFlag(String text) {
        this.text = text;
    }

    /** As {@code s} lines write it. */
    public String text() {
        return text;
    }

    /** The flag of this name, or null if it is not one that we know. */
    static @Nullable RouterFlag named(String name) {
        for (RouterFlag flag : values()) {
            if (flag.text.equals(name)) {
                return flag;
            }
        }
        return null;
    }
}
