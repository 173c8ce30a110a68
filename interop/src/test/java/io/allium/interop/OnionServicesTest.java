package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.SystemEntropy;
import io.allium.crypto.Curve25519KeyPair;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients and onion services of C tor's and of ours meet in each pairing, over relays of both kinds: services for everybody,
 * services that let in only clients whom they know, and services that do not hide where they are.
 */
@ExtendWith(AmongBoth.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnionServicesTest {
    /** Each way through each pairing, and for all clients that come at once together. */
    private static final int BYTES = Integer.getInteger("onions.bytes", 1_000_000);

    private static final int AT_ONCE = 20;

    /** SOCKS replies: all is well, a key is missing, and the name is mistyped. */
    private static final int SUCCEEDED = 0;

    private static final int KEY_MISSING = 0xf4;
    private static final int BAD_ADDRESS = 0xf6;

    private static final Pattern STORED = Pattern.compile("is stored at all of its (\\d+) directories");

    /** How a service receives clients. */
    private enum Door {
        OPEN,
        CLOSED,
        SINGLE
    }

    private final Curve25519KeyPair key = Curve25519KeyPair.generate(new SystemEntropy());
    private final List<MixedNetwork.Node> joined = new ArrayList<>();
    private WebServer web;
    private MixedNetwork network;
    private Path folder;

    static Stream<Arguments> pairings() {
        return Stream.of(false, true)
                .flatMap(ourClient -> Stream.of(false, true)
                        .flatMap(ourService ->
                                Stream.of(Door.values()).map(door -> Arguments.of(ourClient, ourService, door))));
    }

    @BeforeAll
    void startServicesAndClients(MixedNetwork among, @TempDir Path temporary) throws Exception {
        network = among;
        folder = temporary;
        web = new WebServer();
        for (boolean ours : List.of(false, true)) {
            service(ours, Door.CLOSED).admit("alice", key.publicKey());
            List<String> hidden =
                    new ArrayList<>(service(ours, Door.OPEN).torrc(web.port(), "HiddenServicePoWDefensesEnabled 1"));
            hidden.addAll(service(ours, Door.CLOSED).torrc(web.port()));
            join("service" + (ours ? 1 : 0), ours, hidden);
            List<String> found = service(ours, Door.SINGLE)
                    .torrc(web.port(), "HiddenServiceSingleHopMode 1", "HiddenServiceNonAnonymousMode 1");
            join("service" + (ours ? 3 : 2), ours, found);
        }
        Path keys = folder.resolve("keys");
        for (boolean ours : List.of(false, true)) {
            OnionFolder closed = service(ours, Door.CLOSED);
            network.await("a service has no name", closed::hasAddress);
            closed.giveKey(keys, key);
        }
        join("client1", false, List.of("ClientOnionAuthDir " + keys));
        join("client2", true, List.of("ClientOnionAuthDir " + keys));
        join("client3", true, List.of("SafeSocks 0"));
        for (String client : List.of("client1", "client2", "client3")) {
            network.awaitBootstrap(network.node(client));
        }
    }

    @AfterAll
    void endThem() throws Exception {
        for (MixedNetwork.Node each : joined) {
            network.leave(each);
        }
        web.close();
    }

    @ParameterizedTest(name = "ours: client {0}, service {1}, {2}")
    @MethodSource("pairings")
    void filesComeAndGoAndTwentyClientsAreServedAtOnce(boolean ourClient, boolean ourService, Door door)
            throws Exception {
        Visitor visitor = visitor(ourClient ? "client2" : "client1");
        String site = service(ourService, door).site();
        network.await("the service was not reached", () -> visitor.reaches(site));
        long start = System.nanoTime();
        visitor.downloads(site, BYTES);
        long downloaded = System.nanoTime();
        visitor.uploads(site, BYTES);
        long uploaded = System.nanoTime();
        visitor.downloadsAtOnce(site, BYTES / AT_ONCE, AT_ONCE);
        System.out.println(
                (ourClient ? "Our" : "C tor's") + " client, " + (ourService ? "our" : "C tor's") + " service, "
                        + door.name().toLowerCase(Locale.ROOT) + ": down " + figure(start, downloaded) + ", up "
                        + figure(downloaded, uploaded) + ", " + AT_ONCE + " clients at once "
                        + figure(uploaded, System.nanoTime()));
        assertThat(network.logs().complaints()).isEmpty();
        assertThat(network.logs().violations()).isEmpty();
    }

    private static String figure(long start, long end) {
        double seconds = (end - start) / 1e9;
        return String.format(Locale.ROOT, "%.1f s (%.1f MB/s)", seconds, BYTES / 1e6 / seconds);
    }

    @Test
    void relaysOfBothKindsPlayEveryPart() throws Exception {
        Set<String> meetingPlaces = new TreeSet<>();
        for (String client : List.of("client1", "client2")) {
            for (boolean ours : List.of(false, true)) {
                String site = service(ours, Door.OPEN).site();
                network.await(
                        "the service was not reached", () -> visitor(client).reaches(site));
                visitor(client).downloadsAtOnce(site, 1, AT_ONCE);
            }
            meetingPlaces.addAll(Circuits.ends(network.node(client), "HS_CLIENT_REND"));
        }
        assertThat(kinds(meetingPlaces)).as("of %s", meetingPlaces).containsExactly(false, true);
        Set<String> introducers = new TreeSet<>();
        for (String service : List.of("service0", "service1", "service2", "service3")) {
            introducers.addAll(Circuits.ends(network.node(service), "HS_SERVICE_INTRO"));
        }
        assertThat(kinds(introducers)).as("of %s", introducers).containsExactly(false, true);
        network.await(
                "a descriptor is stored at so many directories that both kinds are among them", () -> stored() > 6);
    }

    /** Whether some of these are not ours, and whether some are. */
    private Set<Boolean> kinds(Set<String> relays) {
        Set<Boolean> kinds = new TreeSet<>();
        relays.forEach(relay -> kinds.add(network.node(relay).ours()));
        return kinds;
    }

    /** The most directories that took a descriptor of our services. */
    private int stored() throws IOException {
        int most = 0;
        Matcher line = STORED.matcher(Files.readString(network.node("service1").log()));
        while (line.find()) {
            most = Math.max(most, Integer.parseInt(line.group(1)));
        }
        return most;
    }

    @Test
    void ourServicesFindThatTheyCanBeReached() throws Exception {
        network.await("not both say so", () -> ready() == 2);
    }

    /** Services of ours that were found by a client of their own, let it in, and met it. */
    private long ready() throws IOException {
        try (Stream<String> lines = Files.lines(network.node("service1").log())) {
            return lines.filter(line -> line.contains("is ready: ") && line.contains("a visit to itself"))
                    .count();
        }
    }

    @Test
    void theSocksPortSaysWhyAServiceIsNotReached() throws Exception {
        for (boolean ours : List.of(false, true)) {
            String open = service(ours, Door.OPEN).address().host();
            String closed = service(ours, Door.CLOSED).address().host();
            network.await("a service has no descriptor", () -> reply(closed) == KEY_MISSING);
            network.await(
                    "the service was not reached", () -> visitor("client3").reaches("http://" + open));
            assertThat(reply("www." + open)).isEqualTo(SUCCEEDED);
            assertThat(reply((open.startsWith("a") ? "b" : "a") + open.substring(1)))
                    .isEqualTo(BAD_ADDRESS);
        }
    }

    /** What the SOCKS port of a client that has no keys answers to a request for port 80 of this host. */
    private int reply(String host) throws IOException {
        int port = network.node("client3").socksPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(new byte[] {5, 1, 0});
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readFully(new byte[2]);
            byte[] name = host.getBytes(StandardCharsets.US_ASCII);
            byte[] request = new byte[7 + name.length];
            System.arraycopy(new byte[] {5, 1, 0, 3, (byte) name.length}, 0, request, 0, 5);
            System.arraycopy(name, 0, request, 5, name.length);
            request[request.length - 1] = 80;
            socket.getOutputStream().write(request);
            in.readByte();
            return in.readUnsignedByte();
        }
    }

    private void join(String name, boolean ours, List<String> further) throws IOException {
        joined.add(network.startClient(name, ours, further));
    }

    private OnionFolder service(boolean ours, Door door) throws IOException {
        return OnionFolder.make(
                folder.resolve((ours ? "ours-" : "c-tors-") + door.name().toLowerCase(Locale.ROOT)));
    }

    private Visitor visitor(String client) {
        return new Visitor(folder, network.node(client).socksPort());
    }
}
