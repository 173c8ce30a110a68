package io.allium.onionservice;

import io.allium.base.Entropy;
import io.allium.crypto.PuzzleSeed;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The seed that a service's descriptor tells, and the one before it, since clients may have an earlier descriptor. Confined to its
 * owner.
 *
 * @spec hspow-spec v1-equix (parameter descriptor)
 */
final class PuzzleSeeds {
    /** A seed is replaced after two hours, or up to a quarter of an hour sooner, so that no one knows when. */
    static final Duration LIFETIME = Duration.ofHours(2);

    static final Duration LIFETIME_SPREAD = Duration.ofMinutes(15);

    private final Entropy entropy;
    private Live current;
    private Live previous;
    private Instant expires;

    /** A seed with which work may be done, and with which nonces it was. */
    record Live(PuzzleSeed seed, SpentNonces spent) {}

    /** Draws both: a former seed that anybody could foresee would be work done ahead of time. */
    PuzzleSeeds(Entropy entropy, Instant now) {
        this.entropy = entropy;
        previous = draw();
        current = drawBeside(previous);
        expires = expiry(now);
    }

    PuzzleSeed current() {
        return current.seed();
    }

    /** When the current seed is to be replaced, in whole seconds. */
    Instant expires() {
        return expires;
    }

    /** Replaces the current seed if its time has come. */
    void rotate(Instant now) {
        if (!now.isBefore(expires)) {
            previous = current;
            current = drawBeside(previous);
            expires = expiry(now);
        }
    }

    /** The seed that begins with these four bytes. */
    Optional<Live> named(int head) {
        if (current.seed().head() == head) {
            return Optional.of(current);
        }
        return Optional.of(previous).filter(live -> live.seed().head() == head);
    }

    /** Two that begin alike could not be told apart. */
    private Live drawBeside(Live other) {
        Live drawn = draw();
        while (drawn.seed().head() == other.seed().head()) {
            drawn = draw();
        }
        return drawn;
    }

    private Live draw() {
        return new Live(PuzzleSeed.of(entropy.bytes(PuzzleSeed.LENGTH)), new SpentNonces(SpentNonces.NONCES_MAX));
    }

    private Instant expiry(Instant now) {
        long early = entropy.below(LIFETIME_SPREAD.toSeconds()) + 1;
        return Instant.ofEpochSecond(now.getEpochSecond()).plus(LIFETIME).minusSeconds(early);
    }
}
