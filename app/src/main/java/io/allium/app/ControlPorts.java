package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.control.ControlAuthentication;
import io.allium.control.ControlPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private Map<String, ControlPort> open = new LinkedHashMap<>(); // by PortLine.place
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
        List<List<String>> asked =
                ControlConfiguration.OPTIONS.stream().map(options::lines).toList();
        List<PortLine> lines = ControlConfiguration.lines(options);
        if (asked.equals(had) || lines.isEmpty() && open.isEmpty()) {
            return;
        }
        ControlAuthentication next =
                ControlConfiguration.authentication(options, dataDirectory, authentication, cookies);
        Map<String, ControlPort> wanted = opened(ControlConfiguration.safe(lines, next, log), next);
        open.forEach((place, port) -> {
            if (!wanted.containsKey(place)) {
                ports.closed(Ports.Kind.CONTROL, port.socket());
                port.stopAccepting();
                leaving.add(port);
            }
        });
        leaving.removeIf(port -> !port.isInUse() && closed(port));
        open = wanted;
        open.values().forEach(port -> port.authenticate(next));
        leaving.forEach(port -> port.authenticate(next));
        forgetCookie(next);
        authentication = Optional.of(next);
        tell(options);
        had = asked;
    }

    /** Those that are open already, and the others anew: all of them or none. */
    private Map<String, ControlPort> opened(List<PortLine> lines, ControlAuthentication authentication)
            throws LocalFailure {
        Map<String, ControlPort> wanted = new LinkedHashMap<>();
        List<ControlPort> fresh = new ArrayList<>();
        try {
            for (PortLine line : lines) {
                ControlPort port = open.get(line.place());
                if (port == null) {
                    port = opener.open(line, authentication);
                    fresh.add(port);
                } else {
                    ports.admit(line);
                }
                wanted.put(line.place(), port);
            }
        } catch (LocalFailure inTheWay) {
            fresh.forEach(port -> {
                ports.closed(Ports.Kind.CONTROL, port.socket());
                port.close();
            });
            throw inTheWay;
        }
        fresh.forEach(ControlPort::start);
        return wanted;
    }

    private static boolean closed(ControlPort port) {
        port.close();
        return true;
    }

    private void forgetCookie(ControlAuthentication next) {
        authentication
                .flatMap(ControlAuthentication::cookieFile)
                .filter(file -> !next.cookieFile().equals(Optional.of(file)))
                .ifPresent(this::delete);
    }

    /** Programs read from a file where the ports are; those who know need none. */
    private void tell(Options options) {
        Optional<Path> file = options.file("ControlPortWriteToFile");
        told.filter(former -> !file.equals(Optional.of(former))).ifPresent(this::delete);
        told = file;
        if (file.isEmpty()) {
            return;
        }
        try {
            ports.writeControlPorts(file.get());
            if (options.flag("ControlPortFileGroupReadable")) {
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
        open.values().forEach(ControlPort::close);
        leaving.forEach(ControlPort::close);
        open.clear();
        leaving.clear();
        authentication.flatMap(ControlAuthentication::cookieFile).ifPresent(this::delete);
        told.ifPresent(this::delete);
        authentication = Optional.empty();
        told = Optional.empty();
    }
}
