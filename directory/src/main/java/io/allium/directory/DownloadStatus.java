package io.allium.directory;

import io.allium.control.ControlTime;
import io.allium.netdoc.ConsensusFlavor;
import java.time.Duration;
import java.time.Instant;

/**
 * How the downloads of one document go, as controllers see it. Immutable.
 *
 * @param next when the next attempt may begin
 * @param failures how many failed in a row, where failures are what is counted
 * @param attempts how many were begun, or failed, in a row
 * @param lastDelay how long the last wait was meant to be
 * @spec control-spec 3.9
 */
record DownloadStatus(Instant next, int failures, int attempts, Duration lastDelay, Kind kind) {
    /** What is downloaded when, and from whom, in the words of the control protocol. */
    enum Kind {
        /** What we have is to be replaced. */
        RUNNING("DL_WANT_ANY_DIRSERVER", "FAILURE"),
        /** There is nothing yet. */
        BOOTSTRAPPING("DL_WANT_ANY_DIRSERVER", "ATTEMPT"),
        /** There is nothing yet of what clients do not need. */
        BOOTSTRAPPING_FROM_AUTHORITIES("DL_WANT_AUTHORITY", "ATTEMPT");

        private final String source;
        private final String counted;

        Kind(String source, String counted) {
            this.source = source;
            this.counted = counted;
        }

        /** What holds while there is none of this flavour; the word for its source is C tor's. */
        static Kind bootstrapping(ConsensusFlavor flavor) {
            return flavor == ConsensusFlavor.NS ? BOOTSTRAPPING_FROM_AUTHORITIES : BOOTSTRAPPING;
        }
    }

    static DownloadStatus of(Backoff tries, Instant next, Kind kind) {
        int count = tries.failures();
        return new DownloadStatus(next, kind == Kind.RUNNING ? count : 0, count, tries.lastDelay(), kind);
    }

    /** Of what is never downloaded. */
    static DownloadStatus never(Kind kind) {
        return new DownloadStatus(Instant.EPOCH, 0, 0, Duration.ZERO, kind);
    }

    /** The lines of the answer. A time before all others is written as the beginning of time. */
    String text() {
        Instant told = next.isBefore(Instant.EPOCH) ? Instant.EPOCH : next;
        return "next-attempt-at " + ControlTime.seconds(told) + "\n"
                + "n-download-failures " + failures + "\n"
                + "n-download-attempts " + attempts + "\n"
                + "schedule DL_SCHED_CONSENSUS\n"
                + "want-authority " + kind.source + "\n"
                + "increment-on DL_SCHED_INCREMENT_" + kind.counted + "\n"
                + "backoff DL_SCHED_RANDOM_EXPONENTIAL\n"
                + "last-backoff-position " + attempts + "\n"
                + "last-delay-used " + lastDelay.toSeconds() + "\n";
    }
}
