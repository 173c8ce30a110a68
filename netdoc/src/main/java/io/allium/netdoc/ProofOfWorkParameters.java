package io.allium.netdoc;

import io.allium.base.Untrusted;
import io.allium.crypto.ProofOfWork;
import io.allium.crypto.PuzzleSeed;
import java.time.Instant;
import java.util.Base64;

/**
 * How a service would like clients to show that they mean it, when it is busy.
 *
 * @param seed the puzzle's
 * @param suggestedEffort 0 to 2^32 - 1; 0 when no work is needed
 * @param expires when the seed is no longer good
 * @spec prop327 3.1
 */
public record ProofOfWorkParameters(PuzzleSeed seed, long suggestedEffort, Instant expires) {
    static final String KEYWORD = "pow-params";
    static final String TYPE = "v1";

    public ProofOfWorkParameters {
        if (suggestedEffort < 0 || suggestedEffort > ProofOfWork.EFFORT_MAX) {
            throw new IllegalArgumentException("a suggested effort of " + suggestedEffort);
        }
    }

    static ProofOfWorkParameters read(Item item) throws Untrusted {
        PuzzleSeed seed = PuzzleSeed.of(item.base64(1, PuzzleSeed.LENGTH));
        long effort = item.number(2, 0, ProofOfWork.EFFORT_MAX);
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
