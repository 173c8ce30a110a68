package io.allium.app;

import io.allium.app.NetworkNode.Host;
import io.allium.app.NetworkNode.Role;
import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What {@code allium network init} is to write: the nodes of a private network and when its authorities vote. Immutable.
 *
 * @param folder absolute, since each torrc names it
 * @param passphraseDescriptor where the passphrase of the authorities' identity keys comes from, if not from a terminal
 * @param noPassphrase whether those keys are not locked at all
 * @param warnings what is allowed and hardly meant, each a sentence
 */
record NetworkPlan(
        Path folder,
        List<Host> hosts,
        List<NetworkNode> nodes,
        Duration votingInterval,
        OptionalInt passphraseDescriptor,
        boolean noPassphrase,
        List<String> warnings) {
    /** Far more than the public network has; each talks to each. */
    static final int AUTHORITIES_MAX = 31;

    /** Of each other kind of node: more than anybody starts by a script, and few enough for the ports of one host. */
    static final int COUNT_MAX = 1000;

    /** C tor takes no less, even in networks for tests. */
    static final Duration VOTING_MIN = Duration.ofSeconds(10);

    private static final Duration VOTING_MAX = Duration.ofDays(1);

    /** C tor's default, beyond which votes need not wait either. */
    private static final Duration DELAY_MAX = Duration.ofMinutes(5);

    /** Until there is a consensus, authorities vote about as often: long enough for relays to start and publish. */
    private static final int INITIAL_SECONDS = 30;

    /** C tor wants the first interval to divide it. */
    private static final int HALF_HOUR_SECONDS = 1800;

    private static final int PORT_MAX = 65_535;

    NetworkPlan {
        hosts = List.copyOf(hosts);
        nodes = List.copyOf(nodes);
        warnings = List.copyOf(warnings);
    }

    /** Reads what stands behind {@code allium network init}; the message is for whoever typed it. */
    static NetworkPlan parse(List<String> arguments) throws LocalFailure {
        return new Reader(arguments).plan();
    }

    List<NetworkNode> nodes(Role role) {
        return nodes.stream().filter(node -> node.role() == role).toList();
    }

    List<NetworkNode> nodes(Host host) {
        return nodes.stream().filter(node -> node.host().equals(host)).toList();
    }

    /** For votes, and again for signatures, to reach the others: less than a quarter of the interval, as C tor insists. */
    Duration delay() {
        return delay(votingInterval);
    }

    /** How often authorities vote until there is a consensus. */
    Duration initialInterval() {
        int seconds = (int) Math.min(INITIAL_SECONDS, votingInterval.toSeconds());
        while (HALF_HOUR_SECONDS % seconds != 0) {
            seconds--;
        }
        return Duration.ofSeconds(seconds);
    }

    Duration initialDelay() {
        return delay(initialInterval());
    }

    private static Duration delay(Duration interval) {
        Duration fifth = Duration.ofSeconds(Math.max(2, interval.toSeconds() / 5));
        return fifth.compareTo(DELAY_MAX) < 0 ? fifth : DELAY_MAX;
    }

    /** Takes one argument after another. Confined to {@link #parse}. */
    private static final class Reader {
        private final List<String> arguments;
        private int authorities = 3;
        private int relays = 5;
        private int exits = -1; // half of the relays, where nobody says
        private int clients = 1;
        private int bridges;
        private final Map<String, String> hosts = new LinkedHashMap<>();
        private String folder = "";
        private int basePort = 5000;
        private Duration interval = Duration.ofMinutes(5);
        private OptionalInt descriptor = OptionalInt.empty();
        private boolean noPassphrase;
        private int at;

        Reader(List<String> arguments) {
            this.arguments = arguments;
        }

        NetworkPlan plan() throws LocalFailure {
            while (at < arguments.size()) {
                take(arguments.get(at++));
            }
            if (folder.isEmpty()) {
                throw new LocalFailure("the folder to write to is missing");
            }
            if (noPassphrase && descriptor.isPresent()) {
                throw new LocalFailure("--passphrase-fd and --no-passphrase exclude each other");
            }
            List<Host> all = hosts.isEmpty()
                    ? List.of(new Host("localhost", "127.0.0.1"))
                    : hosts.entrySet().stream()
                            .map(each -> new Host(each.getKey(), each.getValue()))
                            .toList();
            checkLoopback(all);
            return new NetworkPlan(checkedFolder(), all, nodes(all), interval, descriptor, noPassphrase, warnings());
        }

        private void take(String word) throws LocalFailure {
            switch (word) {
                case "--authorities" -> authorities = number(word, AUTHORITIES_MAX);
                case "--relays" -> relays = number(word, COUNT_MAX);
                case "--exits" -> exits = number(word, COUNT_MAX);
                case "--clients" -> clients = number(word, COUNT_MAX);
                case "--bridges" -> bridges = number(word, COUNT_MAX);
                case "--base-port" -> basePort = number(word, PORT_MAX);
                case "--voting-interval" -> interval = interval(value(word));
                case "--host" -> host(value(word));
                case "--passphrase-fd" -> descriptor = OptionalInt.of(number(word, Integer.MAX_VALUE));
                case "--no-passphrase" -> noPassphrase = true;
                default -> {
                    if (word.startsWith("-")) {
                        throw new LocalFailure("there is no option '" + word + "'");
                    }
                    if (!folder.isEmpty()) {
                        throw new LocalFailure("there are two folders, '" + folder + "' and '" + word + "'");
                    }
                    folder = word;
                }
            }
        }

        private void host(String given) throws LocalFailure {
            int equals = given.indexOf('=');
            if (equals < 0 || !given.substring(0, equals).matches("[A-Za-z0-9][A-Za-z0-9.-]{0,254}")) {
                throw new LocalFailure("--host '" + given + "' is not NAME=ADDRESS");
            }
            String name = given.substring(0, equals);
            String address = given.substring(equals + 1);
            if (!Endpoint.isAddress(address) || !(Endpoint.parseAddress(address) instanceof Inet4Address)) {
                throw new LocalFailure(
                        "--host '" + given + "': '" + address + "' is not an IPv4 address, which relays must have");
            }
            if (hosts.containsKey(name)) {
                throw new LocalFailure("two hosts are called " + name);
            }
            if (hosts.containsValue(address)) {
                throw new LocalFailure("two hosts have the address " + address);
            }
            hosts.put(name, address);
        }

        private static void checkLoopback(List<Host> hosts) throws LocalFailure {
            if (hosts.size() > 1 && hosts.stream().anyMatch(Host::isLoopback)) {
                throw new LocalFailure("a host has a loopback address, at which the other hosts do not reach it");
            }
        }

        private Path checkedFolder() throws LocalFailure {
            Path absolute = ConfiguredPath.of(folder).toAbsolutePath().normalize();
            if (!absolute.toString().matches("[A-Za-z0-9/._+-]+")) {
                throw new LocalFailure(
                        "'" + absolute + "' has characters that mean something else in a torrc, a unit file"
                                + " or a shell; choose a folder whose path has letters, digits and ._+- alone");
            }
            return absolute;
        }

        private static Duration interval(String text) throws LocalFailure {
            if (!text.matches("[0-9]{1,6}[smh]")) {
                throw new LocalFailure("--voting-interval '" + text + "' is not a number and s, m or h, such as 5m");
            }
            Duration interval = Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
            if (interval.compareTo(VOTING_MIN) < 0
                    || interval.compareTo(VOTING_MAX) > 0
                    || VOTING_MAX.toSeconds() % interval.toSeconds() != 0) {
                throw new LocalFailure("--voting-interval '" + text + "' must be at least " + VOTING_MIN.toSeconds()
                        + " s and divide a day without rest");
            }
            return interval;
        }

        /** Dealt to the hosts in turn, the authorities first, so that one host that fails takes few of each kind along. */
        private List<NetworkNode> nodes(List<Host> hosts) throws LocalFailure {
            int exiting = exits < 0 ? (relays + 1) / 2 : exits;
            if (authorities == 0) {
                throw new LocalFailure("a network needs an authority");
            }
            if (exiting > relays) {
                throw new LocalFailure("of " + relays + " relays, " + exiting + " cannot be exits");
            }
            List<NetworkNode> nodes = new ArrayList<>();
            for (Role role : Role.values()) {
                int count = switch (role) {
                    case AUTHORITY -> authorities;
                    case RELAY -> relays;
                    case BRIDGE -> bridges;
                    case CLIENT -> clients;
                };
                for (int i = 0; i < count; i++) {
                    Host host = hosts.get(nodes.size() % hosts.size());
                    int port = basePort + nodes.size() * NetworkNode.PORTS;
                    nodes.add(new NetworkNode(role.prefix() + i, role, host, port, role == Role.RELAY && i < exiting));
                }
            }
            int last = basePort + nodes.size() * NetworkNode.PORTS - 1;
            if (basePort == 0 || last > PORT_MAX) {
                throw new LocalFailure("--base-port " + basePort + ": the " + nodes.size() + " nodes take the ports "
                        + basePort + " to " + last + ", and ports go from 1 to " + PORT_MAX);
            }
            return nodes;
        }

        private List<String> warnings() {
            List<String> warnings = new ArrayList<>();
            int needed = authorities / 2 + 1;
            if (authorities % 2 == 0) {
                warnings.add(
                        "Of " + authorities + " authorities " + needed + " must agree, so that no more of them may fail"
                                + " than of " + (authorities - 1) + ". An odd number is better.");
            }
            if (authorities + relays < 3) {
                warnings.add("A circuit goes through three relays, and there are fewer.");
            }
            if (relays == 0 || exits == 0) {
                warnings.add("There is no exit: nothing outside the network can be reached through it.");
            }
            if (bridges > 0) {
                warnings.add("Allium's clients use no bridges yet: those of C tor do.");
            }
            return warnings;
        }

        private int number(String word, int max) throws LocalFailure {
            String value = value(word);
            if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) > max) {
                throw new LocalFailure(word + " '" + value + "' is not a number from 0 to " + max);
            }
            return Integer.parseInt(value);
        }

        private String value(String word) throws LocalFailure {
            if (at == arguments.size()) {
                throw new LocalFailure("a value is missing after " + word);
            }
            return arguments.get(at++);
        }
    }
}
