package io.allium.app;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The SOCKS ports of a running Tor. One whose place stays goes on listening with whatever else its line says now; one that is no
 * longer wanted takes nobody in any more, and whoever is in stays. Used under the lock of {@link Tor}.
 */
final class SocksPorts implements AutoCloseable {
    /** Makes a port of an open socket. */
    interface Maker {
        /** @param number of this port among those that are open, from 0 */
        SocksListener make(PortLine line, Network.Listener socket, SocksRules rules, int number);
    }

    private final Ports ports;
    private final Maker maker;
    private Map<Integer, SocksListener> open = new LinkedHashMap<>(); // by its number, in the order of the lines
    private final List<SocksListener> leaving = new ArrayList<>(); // until their last application has gone

    SocksPorts(Ports ports, Maker maker) {
        this.ports = ports;
        this.maker = maker;
    }

    /** The lines that the options have, or what holds without any. */
    static List<PortLine> lines(Options options) throws LocalFailure {
        List<PortLine> lines = options.lines("SocksPort").isEmpty()
                ? PortLine.parse("9050", PortLine.Kind.CLIENT).stream().toList()
                : PortLine.read(options, "SocksPort", PortLine.Kind.CLIENT);
        return options.flag("UnixSocksGroupWritable")
                ? lines.stream().map(PortLine::forGroup).toList()
                : lines;
    }

    boolean isNoneOpen() {
        return open.isEmpty();
    }

    /** From now on there are these; where one cannot be had, all is as before. */
    void configure(List<PortLine> lines, SocksRules rules) throws LocalFailure {
        Map<Integer, SocksListener> unwanted = new LinkedHashMap<>(open);
        Map<Integer, PortLine> kept = new LinkedHashMap<>();
        List<PortLine> missing = new ArrayList<>();
        for (PortLine line : lines) {
            Integer number = unwanted.entrySet().stream()
                    .filter(each -> each.getValue().port().place().equals(line.place()))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(null);
            if (number == null) {
                missing.add(line);
            } else {
                ports.admit(line);
                unwanted.remove(number);
                kept.put(number, line);
            }
        }
        Map<Integer, SocksListener> next = new LinkedHashMap<>();
        kept.keySet().forEach(number -> next.put(number, Objects.requireNonNull(open.get(number))));
        next.putAll(opened(missing, unwanted, rules));
        kept.forEach((number, line) -> Objects.requireNonNull(next.get(number)).configure(line, rules));
        unwanted.values().forEach(this::retire);
        leaving.removeIf(listener -> !listener.isInUse() && closed(listener));
        open = next;
    }

    /** All of them or none. Who has a port at one address keeps others from it at all addresses, and goes first. */
    private Map<Integer, SocksListener> opened(
            List<PortLine> lines, Map<Integer, SocksListener> unwanted, SocksRules rules) throws LocalFailure {
        Map<Integer, SocksListener> rivals = new LinkedHashMap<>(unwanted);
        rivals.values().removeIf(listener -> lines.stream().noneMatch(line -> isRival(listener.port(), line)));
        rivals.forEach((number, listener) -> {
            unwanted.remove(number);
            retire(listener);
        });
        Map<Integer, SocksListener> fresh = new LinkedHashMap<>();
        try {
            for (PortLine line : lines) {
                int number = 0;
                while (open.containsKey(number) || fresh.containsKey(number)) {
                    number++;
                }
                fresh.put(number, maker.make(line, ports.open(Ports.Kind.SOCKS, line), rules, number));
            }
        } catch (LocalFailure inTheWay) {
            fresh.values().forEach(listener -> {
                ports.close(listener.socket());
                listener.close();
            });
            for (Map.Entry<Integer, SocksListener> rival : rivals.entrySet()) {
                PortLine line = rival.getValue().port();
                SocksListener again = maker.make(line, ports.open(Ports.Kind.SOCKS, line), rules, rival.getKey());
                open.put(rival.getKey(), again);
                again.start();
            }
            throw inTheWay;
        }
        fresh.values().forEach(SocksListener::start);
        return fresh;
    }

    private static boolean isRival(PortLine one, PortLine other) {
        Endpoint here = one.at();
        Endpoint there = other.at();
        return here != null && there != null && here.port() == there.port() && here.port() != 0;
    }

    private void retire(SocksListener listener) {
        ports.closed(Ports.Kind.SOCKS, listener.socket());
        listener.stopAccepting();
        leaving.add(listener);
    }

    private static boolean closed(SocksListener listener) {
        listener.close();
        return true;
    }

    @Override
    public void close() {
        open.values().forEach(SocksListener::close);
        leaving.forEach(SocksListener::close);
        open = new LinkedHashMap<>();
        leaving.clear();
        ports.close(Ports.Kind.SOCKS);
    }
}
