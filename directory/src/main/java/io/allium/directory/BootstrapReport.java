package io.allium.directory;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Log.Severity;
import io.allium.base.Time;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How far the bootstrap has come, told to the log and the control port in C tor's words. It only goes forward; phases of
 * the directory are held back until somebody was reached, so that a full cache does not look like a working network.
 * Guarded by {@code lock}.
 *
 * @spec control-spec 5.5
 */
public final class BootstrapReport {
    /** Progress within a phase is a notice only each so many percent: as in C tor. */
    private static final int NOTICE_STEP = 5;

    /** From so many problems on, we warn: as in C tor. */
    private static final int PROBLEMS_TO_WARN = 10;

    /**
     * Who waits for so long wants to know why, however few the problems were: where attempts are spread out, ten of them
     * take minutes.
     */
    private static final Duration STANDSTILL_TO_WARN = Duration.ofSeconds(20);

    private final ReentrantLock lock = new ReentrantLock();
    private final Time time;
    private final Log log;
    private final DirectoryEvents events;
    private BootstrapPhase phase = BootstrapPhase.STARTING;
    private int percent = -1;
    private int noticed = -1;
    private BootstrapPhase heldBack = BootstrapPhase.STARTING;
    private int heldBackPercent;
    private int problems;
    private long lastProgress; // Time.nanos()

    public BootstrapReport(Time time, Log log, DirectoryEvents events) {
        this.time = time;
        this.lastProgress = time.nanos();
        this.log = log;
        this.events = events;
    }

    /** A phase begins. One that lies behind us is not told again. */
    public void reached(BootstrapPhase next) {
        advance(next, next.percent());
    }

    /** Descriptors are coming in; {@code share} of those that we need are here. */
    void loading(double share) {
        int from = BootstrapPhase.LOADING_DESCRIPTORS.percent();
        int room = BootstrapPhase.ENOUGH_DIRINFO.percent() - 1 - from;
        advance(BootstrapPhase.LOADING_DESCRIPTORS, from + (int) (Math.clamp(share, 0.0, 1.0) * room));
    }

    private void advance(BootstrapPhase next, int nextPercent) {
        lock.lock();
        try {
            if (isDirectoryPhase(next) && percent < BootstrapPhase.HANDSHAKE_DONE.percent()) {
                if (nextPercent > heldBackPercent) {
                    heldBack = next;
                    heldBackPercent = nextPercent;
                }
                return;
            }
            if (next.percent() >= BootstrapPhase.AP_CONN_PT.percent()
                    && percent < BootstrapPhase.ENOUGH_DIRINFO.percent()) {
                return;
            }
            tell(next, nextPercent);
            if (next == BootstrapPhase.HANDSHAKE_DONE && heldBackPercent > 0) {
                tell(heldBack, heldBackPercent);
            }
        } finally {
            lock.unlock();
        }
    }

    private static boolean isDirectoryPhase(BootstrapPhase phase) {
        return phase.percent() >= BootstrapPhase.REQUESTING_STATUS.percent()
                && phase.percent() <= BootstrapPhase.ENOUGH_DIRINFO.percent();
    }

    private void tell(BootstrapPhase next, int nextPercent) {
        if (nextPercent <= percent) {
            return;
        }
        boolean notice = next != phase || nextPercent >= noticed + NOTICE_STEP;
        phase = next;
        percent = nextPercent;
        problems = 0;
        lastProgress = time.nanos();
        noticed = notice ? nextPercent : noticed;
        log.write(notice ? Severity.NOTICE : Severity.INFO, Domain.CONTROL, "Bootstrapped " + sentence());
        events.bootstrapped(next, nextPercent);
    }

    /**
     * A step failed, and will be tried again in another way.
     *
     * @param reason in the words of the control protocol: TIMEOUT, CONNECTREFUSED, MISC, …
     * @param why a sentence without users' addresses
     */
    public void problem(String reason, String why) {
        lock.lock();
        try {
            if (percent >= BootstrapPhase.DONE.percent()) {
                return;
            }
            problems++;
            boolean standsStill = time.nanos() - lastProgress >= STANDSTILL_TO_WARN.toNanos();
            log.write(
                    problems >= PROBLEMS_TO_WARN || standsStill ? Severity.WARN : Severity.INFO,
                    Domain.CONTROL,
                    "Problem bootstrapping. Stuck at " + sentence() + ". (" + why + "; " + reason + "; count "
                            + problems + ")");
            events.bootstrapProblem(phase, Math.max(0, percent), problems, reason, why);
        } finally {
            lock.unlock();
        }
    }

    /** The phase that was reached. */
    public BootstrapPhase phase() {
        lock.lock();
        try {
            return phase;
        } finally {
            lock.unlock();
        }
    }

    /** 0 to 100. */
    public int percent() {
        lock.lock();
        try {
            return Math.max(0, percent);
        } finally {
            lock.unlock();
        }
    }

    private String sentence() {
        return Math.max(0, percent) + "% (" + phase.tag() + "): " + phase.summary();
    }
}
