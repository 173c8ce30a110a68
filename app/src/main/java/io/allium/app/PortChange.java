package io.allium.app;

import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What other lines make of the open ports of a kind: one whose place stays goes on listening with its new flags, as often as
 * there are lines for it; the others are opened and closed. Those that are to go are left open, for the caller to close.
 *
 * @param next what is open from now on, in the order of the lines
 * @param fresh those of them that were opened for it
 * @param gone what no line wants any more
 * @param former the lines of those whose flags have changed
 */
record PortChange<P>(List<Open<P>> next, List<Open<P>> fresh, List<Open<P>> gone, List<PortLine> former) {
    /** An open port and the line that asks for it. */
    record Open<P>(PortLine line, P port) {}

    /** Opens a port. */
    interface Opener<P> {
        P open(PortLine line) throws LocalFailure;
    }

    PortChange {
        next = List.copyOf(next);
        fresh = List.copyOf(fresh);
        gone = List.copyOf(gone);
        former = List.copyOf(former);
    }

    /**
     * Opens what is missing, all of it or nothing.
     *
     * @param closer of a port that was opened in vain
     */
    static <P> PortChange<P> prepare(
            List<Open<P>> open, List<PortLine> lines, Ports ports, Opener<P> opener, Consumer<P> closer, Log log)
            throws LocalFailure {
        List<Open<P>> gone = new ArrayList<>(open);
        List<Open<P>> next = new ArrayList<>();
        List<Open<P>> fresh = new ArrayList<>();
        List<PortLine> former = new ArrayList<>();
        boolean had = false;
        try {
            for (PortLine line : lines) {
                Optional<Open<P>> standing = gone.stream()
                        .filter(each -> each.line().place().equals(line.place()))
                        .findFirst();
                if (standing.isPresent()) {
                    gone.remove(standing.get());
                    next.add(new Open<>(line, standing.get().port()));
                    if (!standing.get().line().flags().equals(line.flags())) {
                        former.add(standing.get().line());
                        ports.admit(line);
                    }
                } else {
                    Open<P> opened = new Open<>(line, opener.open(line));
                    fresh.add(opened);
                    next.add(opened);
                }
            }
            had = true;
        } finally {
            if (!had) {
                undo(fresh, former, ports, closer, log);
            }
        }
        return new PortChange<>(next, fresh, gone, former);
    }

    /** Closes what was opened for it, and lets those in to the others who were let in before. */
    void abandon(Ports ports, Consumer<P> closer, Log log) {
        undo(fresh, former, ports, closer, log);
    }

    private static <P> void undo(List<Open<P>> fresh, List<PortLine> former, Ports ports, Consumer<P> closer, Log log) {
        fresh.forEach(opened -> closer.accept(opened.port()));
        for (PortLine line : former) {
            try {
                ports.admit(line);
            } catch (LocalFailure gone) {
                log.warn(Domain.FS, "A socket admits others than before: " + gone.getMessage());
            }
        }
    }
}
