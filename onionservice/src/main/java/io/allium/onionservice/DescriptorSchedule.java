package io.allium.onionservice;

import io.allium.base.ByteWriter;
import io.allium.crypto.Digests;
import io.allium.crypto.TimePeriod;
import io.allium.directory.NetworkView;
import io.allium.directory.Parameter;
import io.allium.netdoc.ConsensusHeader;
import io.allium.netdoc.SharedRandomValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Which two time periods services publish descriptors for just now, and which shared random value goes with each, by one
 * consensus. All of it follows the consensus's own times, so that a wrong clock here does no harm. Immutable.
 *
 * <p>A shared random value is made halfway through each period. Until then services publish for the period that has ended
 * and for the one that runs; from then on for the one that runs and for the next.
 *
 * @param ofOlder the shared random value of the older period, 32 bytes
 * @param ofNewer the shared random value of the newer period, 32 bytes
 * @param olderSince when the run of the protocol began that follows the older value, from which on it was known
 * @param newerSince the same of the newer value
 * @param newerIsCurrent whether it is the newer period that runs; else the older
 * @spec rend-spec-v3 2.2.1, 2.2.4, 2.3.1
 */
record DescriptorSchedule(
        TimePeriod older,
        byte[] ofOlder,
        Instant olderSince,
        TimePeriod newer,
        byte[] ofNewer,
        Instant newerSince,
        boolean newerIsCurrent) {
    /** Votes in which a shared random value is made: twelve to commit, twelve to reveal. */
    private static final int ROUNDS = 24;

    /** By so many voting intervals periods begin later than days, or whatever their length is, would. */
    private static final int OFFSET_ROUNDS = 12;

    private static final byte[] DISASTER = "shared-random-disaster".getBytes(StandardCharsets.US_ASCII);

    /**
     * What a consensus says.
     *
     * @param testing TestingTorNetwork: a period is as long as it takes to make a shared random value
     */
    static DescriptorSchedule of(NetworkView view, boolean testing) {
        ConsensusHeader header = view.consensus().header();
        Duration interval =
                Duration.between(header.times().validAfter(), header.times().freshUntil());
        int length = testing
                ? (int) Math.max(1, interval.multipliedBy(ROUNDS).toMinutes())
                : view.parameters().get(Parameter.HSDIR_INTERVAL);
        return of(
                header.times().validAfter(),
                interval,
                length,
                header.previousSharedRandom(),
                header.currentSharedRandom());
    }

    /** The same by what of a consensus matters. */
    static DescriptorSchedule of(
            Instant validAfter,
            Duration votingInterval,
            int lengthMinutes,
            Optional<SharedRandomValue> previous,
            Optional<SharedRandomValue> current) {
        long interval = Math.max(1, votingInterval.toSeconds());
        long now = validAfter.getEpochSecond();
        Duration offset = Duration.ofSeconds(OFFSET_ROUNDS * interval);
        TimePeriod period = TimePeriod.containing(validAfter, lengthMinutes, offset);
        Instant valueMade = Instant.ofEpochSecond(now - now / interval % ROUNDS * interval);
        TimePeriod whenMade = TimePeriod.containing(valueMade, lengthMinutes, offset);
        boolean newerIsCurrent = !validAfter.isBefore(whenMade.end());
        TimePeriod older = newerIsCurrent ? period.previous() : period;
        TimePeriod newer = older.next();
        return new DescriptorSchedule(
                older,
                value(previous, older),
                valueMade.minusSeconds(ROUNDS * interval),
                newer,
                value(current, newer),
                valueMade,
                newerIsCurrent);
    }

    /** The value of the consensus, or what everybody puts in its place where the authorities made none. */
    private static byte[] value(Optional<SharedRandomValue> known, TimePeriod period) {
        return known.map(value -> value.value().bytes()).orElseGet(() -> disaster(period));
    }

    static byte[] disaster(TimePeriod period) {
        byte[] numbers = new ByteWriter(16)
                .u64(period.lengthMinutes())
                .u64(period.number())
                .toBytes();
        return Digests.sha3_256(DISASTER, numbers);
    }
}
