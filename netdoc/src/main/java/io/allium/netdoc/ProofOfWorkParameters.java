package io.allium.netdoc;

import io.allium.base.Untrusted;
import java.time.Instant;
import java.util.Base64;

/**
 * How a service would like clients to show that they mean it, when it is busy.
 *
 * @param seed the puzzle's, {@value #SEED_LENGTH} bytes
 * @param suggestedEffort 0 to 2^32 - 1; 0 when no work is needed
 * @param expires when the seed is no longer good
 * @spec prop327 3.1
 */
public record ProofOfWorkParameters(Slice seed, long suggestedEffort, Instant expires) {
    /** In bytes. */
    public static final int SEED_LENGTH = 32;

    /** The most that can be said. */
    public static final long EFFORT_MAX = 0xffffffffL;

    static final String KEYWORD = "pow-params";
    static final String TYPE = "v1";

    public ProofOfWorkParameters {
        if (seed.length() != SEED_LENGTH || suggestedEffort < 0 || suggestedEffort > EFFORT_MAX) {
            throw new IllegalArgumentException(
                    "a seed of " + seed.length() + " bytes, or a suggested effort of " + suggestedEffort);
        }
    }

    static ProofOfWorkParameters read(Item item) throws Untrusted {
        Slice seed = Slice.of(item.base64(1, SEED_LENGTH));
        long effort = item.number(2, 0, EFFORT_MAX);
        String expires = item.argument(3);
        try {
            return new ProofOfWorkParameters(seed, effort, Timestamps.parse(expires.replaceFirst("T", " ")));
        } catch (IllegalArgumentException notATime) {
            throw item.bad("'" + expires + "' is not a time");
        }
    }

    void write(DocumentWriter out) {
        out.line(
                KEYWORD,
                TYPE,
                Base64.getEncoder().encodeToString(seed.bytes()),
                suggestedEffort,
                Timestamps.text(expires).replace(' ', 'T'));
    }
}
