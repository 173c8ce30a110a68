package io.allium.app;

import io.allium.base.Disk;
import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Log.Domain;
import io.allium.base.Network;
import io.allium.control.CString;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/** Opens listening sockets, with the lines in the log that tools wait for, and knows which are open. Guarded by {@code lock}. */
final class Ports implements AutoCloseable {
    /** What listens, as the log and {@code net/listeners/…} call it. */
    enum Kind {
        SOCKS("Socks", "socks"),
        CONTROL("Control", "control"),
        OR("OR", "or"),
        DIR("Directory", "dir"),
        METRICS("Metrics", "metrics");

        private final String inLog;
        private final String key;

        Kind(String inLog, String key) {
            this.inLog = inLog;
            this.key = key;
        }

        /** As C tor names it among its kinds of connections. */
        String listener() {
            return inLog + " listener";
        }

        String key() {
            return key;
        }
    }

    private record Open(Network.Listener listener, String place) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Kind, List<Open>> open = new LinkedHashMap<>();
    private final Network network;
    private final Disk disk;
    private final Log log;

    Ports(Network network, Disk disk, Log log) {
        this.network = network;
        this.disk = disk;
        this.log = log;
    }

    /** Opens a port that a line of the configuration asks for. */
    Network.Listener open(Kind kind, PortLine line) throws LocalFailure {
        Path unix = line.unix();
        String wanted = unix == null ? String.valueOf(line.at()) : unix.toString();
        Network.Listener listener;
        try {
            listener = unix == null ? network.listen(Objects.requireNonNull(line.at())) : listen(unix, line);
        } catch (LocalFailure inTheWay) {
            throw inTheWay.in("Could not open the " + kind.inLog + " port");
        } finally {
            // Said when it is done: txtorcon dials as soon as it reads this, and only once.
            log.notice(Domain.NET, "Opening " + kind.inLog + " listener on " + wanted);
        }
        Endpoint at = listener.endpoint();
        String place = at == null ? String.valueOf(unix) : at.toString();
        log.notice(Domain.NET, "Opened " + kind.inLog + " listener connection (ready) on " + place);
        warnIfOthersReach(kind, line);
        lock.lock();
        try {
            open.computeIfAbsent(kind, any -> new ArrayList<>())
                    .add(new Open(listener, at == null ? "unix:" + place : place));
        } finally {
            lock.unlock();
        }
        return listener;
    }

    private Network.Listener listen(Path unix, PortLine line) throws LocalFailure {
        refuseOpenFolder(unix, line);
        Network.Listener listener = network.listen(unix);
        try {
            admit(line);
            return listener;
        } catch (LocalFailure failed) {
            listener.close();
            throw failed;
        }
    }

    /** On some systems whoever can list a socket can connect to it, whatever its own mode: so its folder must be closed to others. */
    private void refuseOpenFolder(Path unix, PortLine line) throws LocalFailure {
        Path folder = unix.getParent();
        if (folder == null || !unix.isAbsolute()) {
            throw new LocalFailure("the path of a Unix socket must be absolute: " + unix);
        }
        if (line.has(PortLine.Flag.WORLD_WRITABLE)) {
            return;
        }
        boolean group = line.has(PortLine.Flag.GROUP_WRITABLE);
        Optional<String> why = disk.whyOpen(folder, group, line.has(PortLine.Flag.RELAX_DIR_MODE_CHECK));
        if (why.isPresent()) {
            throw new LocalFailure("a socket needs a folder that only the user" + (group ? " and the group" : "")
                    + " can get at, and " + why.get() + ": chmod " + (group ? "750" : "700") + " " + folder
                    + ", or say RelaxDirModeCheck or WorldWritable behind the socket");
        }
    }

    /** A Unix socket is for the user alone, unless its line says more. */
    void admit(PortLine line) throws LocalFailure {
        Path unix = line.unix();
        if (unix != null) {
            disk.openSocket(unix, line.has(PortLine.Flag.GROUP_WRITABLE), line.has(PortLine.Flag.WORLD_WRITABLE));
        }
    }

    /** Forgets a port that somebody else closes because it is no longer configured. */
    void closed(Kind kind, Network.Listener listener) {
        lock.lock();
        try {
            List<Open> of = open.getOrDefault(kind, List.of());
            for (Open one : List.copyOf(of)) {
                if (one.listener().equals(listener)) {
                    of.remove(one);
                    log.notice(
                            Domain.NET, "Closing no-longer-configured " + kind.inLog + " listener on " + one.place());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Where a kind of port is open. */
    List<String> places(Kind kind) {
        lock.lock();
        try {
            return open.getOrDefault(kind, List.of()).stream().map(Open::place).toList();
        } finally {
            lock.unlock();
        }
    }

    /** The same as {@code GETINFO net/listeners/…} writes it. */
    String listeners(Kind kind) {
        return places(kind).stream().map(CString::quote).collect(Collectors.joining(" "));
    }

    /** Tells programs where the control port is, as ControlPortWriteToFile asks. */
    void writeControlPorts(Path file) throws LocalFailure {
        String text = places(Kind.CONTROL).stream()
                .map(place -> place.startsWith("unix:") ? "UNIX_PORT=" + place.substring(5) : "PORT=" + place)
                .map(line -> line + "\n")
                .collect(Collectors.joining());
        disk.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Closes one. */
    void close(Network.Listener listener) {
        lock.lock();
        try {
            open.values().forEach(all -> all.removeIf(one -> one.listener().equals(listener)));
        } finally {
            lock.unlock();
        }
        listener.close();
    }

    /** Closes what is open of a kind. */
    void close(Kind kind) {
        lock.lock();
        try {
            List<Open> closing = open.remove(kind);
            if (closing != null) {
                closing.forEach(one -> one.listener().close());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        for (Kind kind : Kind.values()) {
            close(kind);
        }
    }

    private void warnIfOthersReach(Kind kind, PortLine line) {
        Endpoint at = line.at();
        boolean ours = kind == Kind.SOCKS || kind == Kind.CONTROL;
        if (ours && at != null && !at.address().isLoopbackAddress()) {
            log.warn(
                    Domain.CONFIG,
                    "You specified a public address '" + at + "' for " + kind.inLog
                            + "Port. Other people on the Internet might find your computer and use it as an open"
                            + " proxy. Please don't allow this unless you have a good reason.");
        }
    }
}
