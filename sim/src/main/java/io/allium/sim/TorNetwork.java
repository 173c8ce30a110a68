package io.allium.sim;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.crypto.Fingerprint;
import io.allium.crypto.KeyFiles;
import io.allium.crypto.RsaKeyPair;
import io.allium.netdoc.KeyCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A whole Tor network in a simulation: authorities, relays of which every third is an exit, clients, and web servers
 * beyond the exits, each on a host of its own, no two of them in one /16. All Tors are production code, configured by a
 * torrc as everybody's are. Confined to the carrier.
 */
public final class TorNetwork {
    /** How long a consensus is the newest one: short, so that an hour sees many. */
    static final Duration VOTING_INTERVAL = Duration.ofMinutes(5);

    /** As in the public network. */
    private static final Duration VOTING_INTERVAL_HOURLY = Duration.ofHours(1);

    /** Each kind of node has an 8-bit network, of which each node takes a /16. */
    private static final int KIND_MAX = 250;

    static final int OR_PORT = 9001;
    private static final int DIR_PORT = 9030;
    static final int WEB_SERVERS = 3;
    private static final int EXIT_EVERY = 3;
    private static final Path KEYS = SimulatedTor.DATA.resolve("keys");
    private static final Duration CERTIFICATE_LIFETIME = Duration.ofDays(365);

    private final Simulation simulation;
    private final List<SimulatedTor> authorities = new ArrayList<>();
    private final List<SimulatedTor> relays = new ArrayList<>();
    private final List<SimulatedTor> clients = new ArrayList<>();
    private final List<WebServer> servers = new ArrayList<>();
    private final List<Browser> browsers = new ArrayList<>();

    private String common = "";

    /**
     * What torrcs have beside what makes a node an authority, a relay or a client.
     *
     * @param all everybody's
     * @param authorities the authorities'
     * @param clients the clients'
     */
    private record Style(String all, String authorities, String clients) {
        static Style quick(String further) {
            return new Style(
                    "TestingTorNetwork 1\n" + logging("circ") + further,
                    "AuthDirTestReachability 0\n" + voting(VOTING_INTERVAL),
                    "MaxCircuitDirtiness 3 minutes\n");
        }

        static Style hourly(String further, String authorities) {
            return new Style(
                    logging("circ,guard,rend") + further,
                    "TestingTorNetwork 1\n" + authorities + voting(VOTING_INTERVAL_HOURLY),
                    "");
        }

        private static String logging(String domains) {
            return "Log [" + domains + "]info notice stdout\n";
        }

        private static String voting(Duration interval) {
            return "V3AuthVotingInterval " + interval.toSeconds() + " seconds\n";
        }
    }

    private TorNetwork(Simulation simulation) {
        this.simulation = simulation;
    }

    /** A network of that many nodes, none of which runs yet. */
    public static TorNetwork of(Simulation simulation, int authorities, int relays, int clients) {
        return of(simulation, authorities, relays, clients, "");
    }

    /** The same with further lines in everybody's torrc. */
    static TorNetwork of(Simulation simulation, int authorities, int relays, int clients, String further) {
        return of(simulation, authorities, relays, clients, Style.quick(further));
    }

    /**
     * A network with the times of the public one: a consensus each hour, time periods of a day, and everything else that
     * is not told to hurry for a test. Only authorities know that it is one, so that they trust relays from the first hour on.
     *
     * @param further lines in everybody's torrc
     * @param ofAuthorities further lines in the authorities'
     */
    static TorNetwork hourly(
            Simulation simulation, int authorities, int relays, int clients, String further, String ofAuthorities) {
        return of(simulation, authorities, relays, clients, Style.hourly(further, ofAuthorities));
    }

    private static TorNetwork of(Simulation simulation, int authorities, int relays, int clients, Style style) {
        if (Math.max(authorities, Math.max(relays, clients)) > KIND_MAX) {
            throw new IllegalArgumentException("more than " + KIND_MAX + " nodes of a kind");
        }
        TorNetwork network = new TorNetwork(simulation);
        network.makeServers();
        network.makeTors(authorities, relays, clients, style);
        return network;
    }

    /** What everybody's torrc begins with, for further nodes. */
    String common() {
        return common;
    }

    public Simulation simulation() {
        return simulation;
    }

    public List<SimulatedTor> authorities() {
        return List.copyOf(authorities);
    }

    public List<SimulatedTor> relays() {
        return List.copyOf(relays);
    }

    public List<SimulatedTor> clients() {
        return List.copyOf(clients);
    }

    /** All Tors. */
    public List<SimulatedTor> nodes() {
        List<SimulatedTor> all = new ArrayList<>(authorities);
        all.addAll(relays);
        all.addAll(clients);
        return all;
    }

    /** Starts everything; clients, which find no network yet, wait for one as any client does. */
    public void start() {
        nodes().forEach(SimulatedTor::start);
    }

    /**
     * From now on every client has an application that fetches pages. It is not started before its client can build
     * circuits, as people do who wait for the last line of the bootstrap.
     */
    public void browse() {
        for (SimulatedTor client : clients) {
            Browser browser = new Browser(client, servers, SimEntropy.of(simulation.seed(), "browser " + client));
            browsers.add(browser);
            browser.start();
        }
    }

    /** The applications finish the page that they are at. */
    public void stopBrowsing() {
        browsers.forEach(Browser::stop);
    }

    /** The applications of all clients. */
    List<Browser> browsers() {
        return browsers;
    }

    private void makeServers() {
        for (int i = 0; i < WEB_SERVERS; i++) {
            String address = "93." + i + ".0.1";
            String name = "web" + i + ".example";
            simulation.names().put(name, address);
            servers.add(started(simulation.host(address), name));
        }
    }

    private WebServer started(SimHost host, String name) {
        try {
            return WebServer.start(host, name);
        } catch (LocalFailure taken) {
            throw new IllegalStateException("a new host has free ports", taken);
        }
    }

    private void makeTors(int authorityCount, int relayCount, int clientCount, Style style) {
        StringBuilder lines = new StringBuilder("""
                AssumeReachable 1
                DataDirectory %s
                LogMessageDomains 1
                ProtocolWarnings 1
                SafeLogging 0
                """.formatted(SimulatedTor.DATA)).append(style.all);
        List<SimHost> hosts = new ArrayList<>();
        for (int i = 0; i < authorityCount; i++) {
            SimHost host = simulation.host("81." + i + ".0.1");
            hosts.add(host);
            lines.append(makeKeys("auth" + i, host)).append('\n');
        }
        common = lines.toString();
        for (SimHost host : hosts) {
            String name = "auth" + authorities.size();
            authorities.add(
                    new SimulatedTor(simulation, name, host, common + authority(name, host) + style.authorities));
        }
        for (int i = 0; i < relayCount; i++) {
            SimHost host = simulation.host("82." + i + ".0.1");
            String torrc = common + relay("relay" + i, host, i % EXIT_EVERY == 0);
            relays.add(new SimulatedTor(simulation, "relay" + i, host, torrc));
        }
        for (int i = 0; i < clientCount; i++) {
            SimHost host = simulation.host("83." + i + ".0.1");
            clients.add(new SimulatedTor(simulation, "client" + i, host, common + client() + style.clients));
        }
    }

    private static String authority(String name, SimHost host) {
        return relay(name, host, false) + """
                DirPort %d
                AuthoritativeDirectory 1
                V3AuthoritativeDirectory 1
                TestingDirAuthVoteExit *
                TestingDirAuthVoteGuard *
                TestingDirAuthVoteHSDir *
                TestingV3AuthInitialVotingInterval 60
                TestingV3AuthInitialVoteDelay 10
                TestingV3AuthInitialDistDelay 10
                V3AuthVoteDelay 20 seconds
                V3AuthDistDelay 20 seconds
                """.formatted(DIR_PORT);
    }

    private static String relay(String name, SimHost host, boolean exit) {
        return """
                Nickname %s
                ContactInfo nobody@%s.example
                Address %s
                ORPort %d
                SocksPort 0
                ExitRelay %d
                ExitPolicy %s
                """.formatted(
                        name,
                        name,
                        host.name(),
                        OR_PORT,
                        exit ? 1 : 0,
                        exit ? "accept *:80,accept *:443,reject *:*" : "reject *:*");
    }

    private static String client() {
        return """
                ClientOnly 1
                SocksPort %s ExtendedErrors
                """.formatted(SimulatedTor.SOCKS_PORT);
    }

    /** Makes an authority's keys, and returns the line by which all know it. */
    private static String makeKeys(String name, SimHost host) {
        RsaKeyPair relay = RsaKeyPair.generate(RsaKeyPair.RELAY_BITS, host.entropy());
        RsaKeyPair identity = RsaKeyPair.generate(RsaKeyPair.AUTHORITY_SIGNING_BITS, host.entropy());
        RsaKeyPair signing = RsaKeyPair.generate(RsaKeyPair.AUTHORITY_SIGNING_BITS, host.entropy());
        Instant now = host.time().now();
        Endpoint dirPort = new Endpoint(host.addresses().getFirst(), DIR_PORT);
        byte[] certificate =
                KeyCertificate.write(Optional.of(dirPort), identity, signing, now, now.plus(CERTIFICATE_LIFETIME));
        KeyFiles files = new KeyFiles(host.disk(), KEYS);
        try {
            files.writeRsa(KeyFiles.RSA_IDENTITY, relay);
            files.writeRsa(KeyFiles.AUTHORITY_SIGNING, signing);
            host.disk().write(KEYS.resolve(KeyFiles.AUTHORITY_CERTIFICATE), certificate);
        } catch (LocalFailure full) {
            throw new IllegalStateException("a new disk has room", full);
        }
        Fingerprint voter = identity.fingerprint();
        return "DirAuthority " + name + " orport=" + OR_PORT + " v3ident=" + voter.hex() + " " + dirPort + " "
                + relay.fingerprint().hex();
    }
}
