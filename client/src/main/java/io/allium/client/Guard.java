package io.allium.client;

import io.allium.crypto.Fingerprint;
import io.allium.directory.Relay;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A sampled guard and how it fares. Guarded by the lock of its {@link GuardSet}. */
final class Guard {
    /** What we know of whether it can be reached. */
    enum Reachable {
        YES,
        NO,
        MAYBE
    }

    final Fingerprint fingerprint;
    final Instant sampledOn;
    final String sampledBy;
    final Map<String, String> others;
    String nickname;

    Optional<Instant> unlistedSince;
    boolean listed;
    Optional<Instant> confirmedOn;

    /** What the newest consensus says of it; absent while it is not listed. */
    @Nullable
    Relay relay;

    /** Whether the configuration lets us use it. */
    boolean filtered;

    Reachable reachable = Reachable.MAYBE;

    @Nullable
    Instant lastTried;

    @Nullable
    Instant failingSince;

    /** Whether a circuit is being built to find out whether it can be reached. */
    boolean pending;

    Guard(GuardLine line) {
        fingerprint = line.fingerprint();
        nickname = line.nickname();
        sampledOn = line.sampledOn();
        sampledBy = line.sampledBy();
        unlistedSince = line.unlistedSince();
        listed = line.listed();
        confirmedOn = line.confirmedOn();
        others = line.others();
    }

    Guard(Relay relay, Instant sampledOn, String sampledBy) {
        fingerprint = relay.fingerprint();
        nickname = relay.nickname();
        this.sampledOn = sampledOn;
        this.sampledBy = sampledBy;
        this.relay = relay;
        unlistedSince = Optional.empty();
        listed = true;
        confirmedOn = Optional.empty();
        others = Map.of();
    }

    boolean isConfirmed() {
        return confirmedOn.isPresent();
    }

    boolean isUsable() {
        return filtered && reachable != Reachable.NO;
    }

    /** Makes it worth another try once the schedule says so. */
    void considerRetry(Instant now, boolean primary) {
        boolean setBack = lastTried != null && now.isBefore(lastTried); // the clock: what it said before means nothing
        if (reachable == Reachable.NO && (setBack || !now.isBefore(retryAt(now, primary)))) {
            reachable = Reachable.MAYBE;
        }
    }

    private Instant retryAt(Instant now, boolean primary) {
        Instant since = failingSince == null ? now : failingSince;
        Instant tried = lastTried == null ? Instant.MIN : lastTried;
        return tried.equals(Instant.MIN) ? tried : tried.plus(retryDelay(Duration.between(since, now), primary));
    }

    /** How long to leave a guard alone that has been failing for so long. @spec guard-spec A.1 */
    static Duration retryDelay(Duration failing, boolean primary) {
        if (failing.compareTo(Duration.ofHours(6)) <= 0) {
            return primary ? Duration.ofMinutes(10) : Duration.ofHours(1);
        }
        if (failing.compareTo(Duration.ofDays(4)) <= 0) {
            return primary ? Duration.ofMinutes(90) : Duration.ofHours(4);
        }
        if (failing.compareTo(Duration.ofDays(7)) <= 0) {
            return primary ? Duration.ofHours(4) : Duration.ofHours(18);
        }
        return primary ? Duration.ofHours(9) : Duration.ofHours(36);
    }

    GuardLine line(String selection, int sampledIndex, int confirmedIndex) {
        return new GuardLine(
                selection,
                fingerprint,
                nickname,
                sampledOn,
                sampledIndex,
                sampledBy,
                unlistedSince,
                listed,
                confirmedOn,
                confirmedIndex,
                others);
    }
}
