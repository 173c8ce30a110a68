package io.allium.directory;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Time;
import io.allium.netdoc.Consensus;
import java.time.Duration;
import java.time.Instant;

/** Holds our clock against what directories send, and tells where it seems to be wrong. Keeps nothing. */
final class ClockCheck {
    /** A directory's clock that is further from ours is worth a warning: as in C tor. */
    private static final Duration SKEW_ALLOWED = Duration.ofMinutes(30);

    /** A consensus from further in the future than this means that our clock is wrong: as in C tor. */
    private static final Duration EARLY_CONSENSUS = Duration.ofSeconds(60);

    private final Time time;
    private final Log log;
    private final DirectoryEvents events;

    ClockCheck(Time time, Log log, DirectoryEvents events) {
        this.time = time;
        this.log = log;
        this.events = events;
    }

    /** Only of authorities we believe that it is our clock which is wrong: anybody can send a date. */
    void answered(DocumentFetcher.Answer answer, DocumentFetcher.Origin origin) {
        if (answer.date().isEmpty() || origin != DocumentFetcher.Origin.AUTHORITY) {
            return;
        }
        Duration skew = Duration.between(answer.date().get(), time.now());
        if (skew.abs().compareTo(SKEW_ALLOWED) > 0) {
            String ours = skew.isNegative() ? "behind" : "ahead";
            String theirs = skew.isNegative() ? "ahead" : "behind";
            log.warn(
                    Domain.HTTP,
                    "Received directory with skewed time (DIRSERV:'" + answer.source()
                            + "'): It seems that our clock is "
                            + ours + " by " + inWords(skew.abs()) + ", or that theirs is " + theirs
                            + ". Tor requires an accurate clock to work: please check your time, timezone, and date"
                            + " settings.");
            events.clockSkew(skew, "DIRSERV:" + answer.source());
        }
    }

    /** What a consensus says of when it begins, which its signatures need not confirm yet. */
    void claimed(Consensus consensus) {
        Instant begins = consensus.validAfter().minus(consensus.header().times().distributionDelay());
        if (time.now().isBefore(begins.minus(EARLY_CONSENSUS))) {
            Duration skew = Duration.between(consensus.validAfter(), time.now());
            log.warn(
                    Domain.GENERAL,
                    "Our clock is " + inWords(skew.abs())
                            + " behind the time published in the consensus network status document ("
                            + consensus.validAfter() + " UTC). Tor needs an accurate clock to work correctly. Please"
                            + " check your time and date settings!");
            events.clockSkew(skew, "CONSENSUS");
        }
    }

    private static String inWords(Duration duration) {
        return duration.toDays() > 0
                ? duration.toDays() + " days, " + duration.toHoursPart() + " hours"
                : duration.toHours() + " hours, " + duration.toMinutesPart() + " minutes";
    }
}
