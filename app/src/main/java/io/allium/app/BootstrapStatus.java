package io.allium.app;

import io.allium.base.Log;
import io.allium.control.CString;
import io.allium.control.StatusEvents;
import io.allium.directory.BootstrapPhase;
import io.allium.directory.DirectoryControl;
import io.allium.directory.DirectoryEvents;
import io.allium.directory.NetworkView;
import io.allium.netdoc.ConsensusFlavor;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * How far we have come, for controllers: the events, and what GETINFO repeats of them. Each field is written by whoever
 * bootstraps and read by anybody.
 *
 * @spec control-spec 5.5
 */
final class BootstrapStatus implements DirectoryEvents {
    /** Fewer problems in a row are nothing to worry about: BOOTSTRAP_PROBLEM_THRESHOLD of C tor. */
    private static final int WARN_FROM = 10;

    private final StatusEvents events;
    private final DirectoryControl directory;
    private final BooleanSupplier circuits;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile String phase = "NOTICE BOOTSTRAP PROGRESS=0 TAG=starting SUMMARY=\"Starting\"";
    private volatile boolean enough;

    /** @param circuits whether one of ours has been built; a relay may know all it needs without any */
    BootstrapStatus(StatusEvents events, DirectoryControl directory, BooleanSupplier circuits) {
        this.events = events;
        this.directory = directory;
        this.circuits = circuits;
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
        tell(Log.Severity.NOTICE, action(reached, percent));
        if (reached == BootstrapPhase.DONE) {
            if (circuits.getAsBoolean()) {
                events.status(StatusEvents.Scope.CLIENT, Log.Severity.NOTICE, "CIRCUIT_ESTABLISHED");
            }
            done.complete(null);
        }
    }

    @Override
    public void bootstrapProblem(BootstrapPhase reached, int percent, int problems, String reason, String why) {
        boolean worrying = problems >= WARN_FROM;
        tell(
                worrying ? Log.Severity.WARN : Log.Severity.NOTICE,
                action(reached, percent) + " WARNING=" + CString.quote(why) + " REASON=" + reason + " COUNT=" + problems
                        + " RECOMMENDATION=" + (worrying ? "warn" : "ignore"));
    }

    @Override
    public void consensusArrived(NetworkView view) {
        events.status(StatusEvents.Scope.CLIENT, Log.Severity.NOTICE, "CONSENSUS_ARRIVED");
    }

    @Override
    public void consensusRenewed(ConsensusFlavor flavor) {
        directory.consensusArrived(flavor);
    }

    @Override
    public void enoughInformation(boolean now) {
        enough = now;
        events.status(StatusEvents.Scope.CLIENT, Log.Severity.NOTICE, now ? "ENOUGH_DIR_INFO" : "NOT_ENOUGH_DIR_INFO");
    }

    @Override
    public void clockSkew(Duration skew, String source) {
        events.status(
                StatusEvents.Scope.GENERAL,
                Log.Severity.WARN,
                "CLOCK_SKEW SKEW=" + skew.toSeconds() + " SOURCE=" + CString.quote(source));
    }

    private static String action(BootstrapPhase reached, int percent) {
        return "BOOTSTRAP PROGRESS=" + percent + " TAG=" + reached.tag() + " SUMMARY="
                + CString.quote(reached.summary());
    }

    private void tell(Log.Severity severity, String action) {
        phase = severity + " " + action;
        events.status(StatusEvents.Scope.CLIENT, severity, action);
    }
}
