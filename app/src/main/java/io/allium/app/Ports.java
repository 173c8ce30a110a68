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
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/** Opens listening sockets, with the lines in the log that tools wait for, and knows which are open. Guarded by {@code lock}. */
final class Ports implements AutoCloseable {
    /** What listens, as the log and {@code net/listeners/…} call it. */
    enum Kind {
        SOCKS("Socks", "socks"),
        CONTROL("Control", "control"),
        OR("OR", "or"),
        DIR("Directory", "dir");

        private final String inLog;
        private final String key;

        Kind(String inLog, String key) {
            this.inLog = inLog;
            this.key = key;
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
        log.notice(Domain.NET, "Opening " + kind.inLog + " listener on " + wanted);
        Network.Listener listener;
        try {
            listener = unix == null ? network.listen(Objects.requireNonNull(line.at())) : network.listen(unix);
        } catch (LocalFailure inTheWay) {
            throw inTheWay.in("Could not open the " + kind.inLog + " port");
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
