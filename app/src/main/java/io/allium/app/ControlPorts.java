package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.control.ControlAuthentication;
import io.allium.control.ControlPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The control ports of a running Tor: which are open, how controllers prove that they may control us, and the files that
 * tell programs so. A port that is no longer wanted takes nobody in any more, and whoever is in stays. Used under the lock
 * of {@link Tor}.
 */
final class ControlPorts implements AutoCloseable {
    /** Makes a control port of an open socket. */
    interface Opener {
        ControlPort open(PortLine line, ControlAuthentication authentication) throws LocalFailure;
    }

    private final Path dataDirectory;
    private final Opener opener;
    private final Ports ports;
    private final ControlConfiguration.Cookies cookies;
    private final Disk disk;
    private final Log log;
    private List<PortChange.Open<ControlPort>> open = List.of();
    private final List<ControlPort> leaving = new ArrayList<>(); // until their last controller has left
    private Optional<ControlAuthentication> authentication = Optional.empty();
    private Optional<Path> told = Optional.empty();
    private List<List<String>> had = List.of();

    ControlPorts(
            Path dataDirectory, Opener opener, Ports ports, ControlConfiguration.Cookies cookies, Disk disk, Log log) {
        this.dataDirectory = dataDirectory;
        this.opener = opener;
        this.ports = ports;
        this.cookies = cookies;
        this.disk = disk;
        this.log = log;
    }

    /** Whether controllers may come, or are here. */
    boolean isAnyOpen() {
        return !open.isEmpty() || leaving.stream().anyMatch(ControlPort::isInUse);
    }

    /** Opens and closes what the options ask for; where something cannot be had, all is as before. */
    void configure(Options options) throws LocalFailure {
        prepare(options).take();
    }

    /** Opens already what the options ask for, so that nothing can be in the way of them any more. */
    Prepared prepare(Options options) throws LocalFailure {
        List<List<String>> asked =
                ControlConfiguration.OPTIONS.stream().map(options::lines).toList();
        List<PortLine> lines = ControlConfiguration.lines(options);
        if (asked.equals(had) || lines.isEmpty() && open.isEmpty()) {
            return Prepared.NOTHING;
        }
        Optional<Path> telling = options.file("ControlPortWriteToFile");
        boolean groupMayRead = options.flag("ControlPortFileGroupReadable");
        ControlAuthentication next =
                ControlConfiguration.authentication(options, dataDirectory, authentication, cookies);
        boolean hasAll = false;
        try {
            PortChange<ControlPort> change = PortChange.prepare(
                    open,
                    ControlConfiguration.safe(lines, next, log),
                    ports,
                    line -> opener.open(line, next),
                    this::closeUnused,
                    log);
            hasAll = true;
            return new Prepared() {
                @Override
                public void take() {
                    had = asked; // first: what is open must be known whatever becomes of the files
                    ControlPorts.this.take(change, next);
                    tell(telling, groupMayRead);
                }

                @Override
                public void abandon() {
                    change.abandon(ports, ControlPorts.this::closeUnused, log);
                    forget(Optional.of(next), authentication);
                }
            };
        } finally {
            if (!hasAll) {
                forget(Optional.of(next), authentication);
            }
        }
    }

    private void take(PortChange<ControlPort> change, ControlAuthentication next) {
        Optional<ControlAuthentication> former = authentication;
        open = change.next();
        authentication = Optional.of(next);
        change.fresh().forEach(each -> each.port().start());
        change.gone().forEach(each -> {
            ports.closed(Ports.Kind.CONTROL, each.port().socket());
            each.port().stopAccepting();
            leaving.add(each.port());
        });
        leaving.removeIf(port -> !port.isInUse() && closed(port));
        open.forEach(each -> each.port().authenticate(next));
        leaving.forEach(port -> port.authenticate(next));
        forget(former, authentication);
    }

    private void closeUnused(ControlPort port) {
        ports.closed(Ports.Kind.CONTROL, port.socket());
        port.close();
    }

    private static boolean closed(ControlPort port) {
        port.close();
        return true;
    }

    /** Removes the cookie of one that does not hold, unless the one that does has it too. */
    private void forget(Optional<ControlAuthentication> one, Optional<ControlAuthentication> holding) {
        Optional<Path> kept = holding.flatMap(ControlAuthentication::cookieFile);
        one.flatMap(ControlAuthentication::cookieFile)
                .filter(file -> kept.filter(other -> disk.isSame(file, other)).isEmpty())
                .ifPresent(this::delete);
    }

    /** Programs read from a file where the ports are; those who know need none. */
    private void tell(Optional<Path> file, boolean groupMayRead) {
        told.filter(former -> !file.equals(Optional.of(former))).ifPresent(this::delete);
        told = file;
        if (file.isEmpty()) {
            return;
        }
        try {
            ports.writeControlPorts(file.get());
            if (groupMayRead) {
                disk.openToGroup(file.get());
            }
        } catch (LocalFailure failed) {
            log.warn(Domain.CONTROL, "Nobody is told where the control port is: " + failed.getMessage());
        }
    }

    private void delete(Path file) {
        try {
            disk.delete(file);
        } catch (LocalFailure left) {
            log.warn(Domain.FS, "Something is left behind: " + left.getMessage());
        }
    }

    /** Sends every controller away; the files that told how to become one go too. */
    @Override
    public void close() {
        open.forEach(each -> each.port().close());
        leaving.forEach(ControlPort::close);
        open = List.of();
        leaving.clear();
        authentication.flatMap(ControlAuthentication::cookieFile).ifPresent(this::delete);
        told.ifPresent(this::delete);
        authentication = Optional.empty();
        told = Optional.empty();
    }
}
