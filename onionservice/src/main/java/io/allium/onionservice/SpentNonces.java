package io.allium.onionservice;

import io.allium.crypto.PuzzleNonce;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The nonces with which work on one seed was shown, so that none is shown twice. There is room for a bounded number. When it is used up,
 * the half that took least work is forgotten, and from then on no work as little as theirs counts: whoever floods the service
 * with cheap solutions makes cheap ones worthless. Confined to its owner.
 *
 * @spec hspow-spec v1-equix (replay protection)
 */
final class SpentNonces {
    /** Some 25 MB. Somebody with one core needs a quarter of an hour to find as many solutions, whatever their effort. */
    static final int NONCES_MAX = 1 << 18;

    private final int most;
    private final Map<PuzzleNonce, Long> efforts = new HashMap<>(); // whose order decides nothing
    private long worthless = -1;

    SpentNonces(int most) {
        this.most = most;
    }

    /** Whether this nonce may still be spent: it was not before, as far as can be told. */
    boolean isUnspent(PuzzleNonce nonce, long effort) {
        return effort > worthless && !efforts.containsKey(nonce);
    }

    void spend(PuzzleNonce nonce, long effort) {
        efforts.put(nonce, effort);
        if (efforts.size() >= most) {
            forgetTheCheap();
        }
    }

    int size() {
        return efforts.size();
    }

    private void forgetTheCheap() {
        long[] sorted = efforts.values().stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        worthless = sorted[sorted.length / 2];
        efforts.values().removeIf(effort -> effort <= worthless);
    }
}
