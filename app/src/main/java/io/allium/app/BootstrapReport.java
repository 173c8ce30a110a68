package io.allium.app;

import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.directory.BootstrapPhase;
import io.allium.directory.DirectoryEvents;
import io.allium.directory.NetworkView;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Says how far we have come, in the lines that people and programs wait for. Each field is written by whoever bootstraps
 * and read by anybody.
 *
 * @spec control-spec 5.5
 */
final class BootstrapReport implements DirectoryEvents {
    /** Fewer problems in a row are nothing to worry about: BOOTSTRAP_PROBLEM_THRESHOLD of C tor. */
    private static final int WARN_FROM = 10;

    private final Log log;
    private final StatusEvents events;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile String phase = "NOTICE BOOTSTRAP PROGRESS=0 TAG=starting SUMMARY=\"Starting\"";
    private volatile boolean enough;

    BootstrapReport(Log log, StatusEvents events) {
        this.log = log;
        this.events = events;
    }

    /** The last event, as {@code GETINFO status/bootstrap-phase} repeats it. */
    String phase() {
        return phase;
    }

    boolean hasEnoughInformation() {
        return enough;
    }

    /** Completes at 100 %. */
    CompletableFuture<Void> done() {
        return done;
    }

    @Override
    public void bootstrapped(BootstrapPhase reached, int percent) {
        String action = "BOOTSTRAP PROGRESS=" + percent + " TAG=" + reached.tag() + " SUMMARY="
                + CString.quote(reached.summary());
        phase = "NOTICE " + action;
        log.notice(Domain.CONTROL, "Bootstrapped " + percent + "% (" + reached.tag() + "): " + reached.summary());
        events.status(StatusEvents.Scope.CLIENT, Log.Severity.NOTICE, action);
        if (reached == BootstrapPhase.DONE) {
            done.complete(null);
        }
    }

    @Override
    public void bootstrapProblem(BootstrapPhase reached, int percent, int problems, String reason, String why) {
        boolean worrying = problems >= WARN_FROM;
        String recommendation = worrying ? "warn" : "ignore";
        Log.Severity severity = worrying ? Log.Severity.WARN : Log.Severity.INFO;
        log.write(
                severity,
                Domain.CONTROL,
                "Problem bootstrapping. Stuck at " + percent + "% (" + reached.tag() + "): " + reached.summary()
                        + ". (" + why + "; " + reason + "; count " + problems + "; recommendation "
                        + recommendation + ")");
        String action = "BOOTSTRAP PROGRESS=" + percent + " TAG=" + reached.tag() + " SUMMARY="
                + CString.quote(reached.summary()) + " WARNING=" + CString.quote(why) + " REASON=" + reason
                + " COUNT=" + problems + " RECOMMENDATION=" + recommendation;
        phase = (worrying ? "WARN " : "NOTICE ") + action;
        events.status(StatusEvents.Scope.CLIENT, worrying ? Log.Severity.WARN : Log.Severity.NOTICE, action);
    }

    @Override
    public void consensusArrived(NetworkView view) {
        events.status(StatusEvents.Scope.CLIENT, Log.Severity.NOTICE, "CONSENSUS_ARRIVED");
    }

    @Override
    public void enoughInformation(boolean now) {
        enough = now;
        events.status(StatusEvents.Scope.CLIENT, Log.Severity.NOTICE, now ? "ENOUGH_DIR_INFO" : "NOT_ENOUGH_DIR_INFO");
        if (now) {
            log.notice(Domain.DIR, "We now have enough directory information to build circuits.");
        }
    }

    @Override
    public void clockSkew(Duration skew, String source) {
        boolean ahead = !skew.isNegative();
        log.warn(
                Domain.GENERAL,
                "Our clock is " + words(skew.abs()) + (ahead ? " ahead" : " behind") + ", compared with " + source
                        + ". Tor needs an accurate clock to work: please set yours, and check its time zone.");
        events.status(
                StatusEvents.Scope.GENERAL,
                Log.Severity.WARN,
                "CLOCK_SKEW SKEW=" + skew.toSeconds() + " SOURCE=" + CString.quote(source));
    }

    private static String words(Duration duration) {
        if (duration.toHours() > 0) {
            return duration.toHours() + " hours, " + duration.toMinutesPart() + " minutes";
        }
        return duration.toMinutes() + " minutes, " + duration.toSecondsPart() + " seconds";
    }
}
