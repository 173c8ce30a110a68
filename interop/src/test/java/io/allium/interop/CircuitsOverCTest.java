package io.allium.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.cell.BeginFlags;
import io.allium.channel.Channel;
import io.allium.channel.ChannelEvents;
import io.allium.channel.ChannelTarget;
import io.allium.channel.Channels;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.HopTarget;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.OriginCircuits;
import io.allium.netdoc.RouterDescriptor;
import io.allium.netdoc.Unverified;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Our circuits through C tor's relays, without a directory of our own: who the relays are stands in the descriptors that
 * an authority of the network has on its disk.
 */
class CircuitsOverCTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int DOWNLOAD = 5_000_000;
    private static final int UPLOAD = 2_000_000;
    private static final int STREAMS = 10;

    /** What C tor's own nodes say when a busy machine makes a vote of theirs late; we have no part in it here. */
    private static final Pattern OF_VOTES =
            Pattern.compile("vote|consensus|No available nodes|ourself as down|HSLayer2Nodes");

    @Test
    @ExtendWith(AmongCTors.class)
    void bytesGoBothWaysThroughThreeHopsAndCTorHasNothingToComplainOf(MixedNetwork network) throws Exception {
        try (WebServer web = new WebServer()) {
            exercise(network.node("auth0").folder(), web);
            assertThat(network.logs().complaints())
                    .filteredOn(complaint -> !OF_VOTES.matcher(complaint).find())
                    .isEmpty();
            assertThat(network.logs().violations()).isEmpty();
        }
    }

    /** Everything that circuits do, in a network whose authority has its files in this folder. */
    static void exercise(Path authority, WebServer web) throws Exception {
        List<HopTarget> relays = relays(authority);
        try (ThreadTasks tasks = new ThreadTasks(Log.NONE, 2);
                Channels channels = new Channels(
                        new SystemTime(),
                        new SystemEntropy(),
                        new SystemNetwork(),
                        tasks,
                        Log.NONE,
                        ChannelEvents.NONE)) {
            OriginCircuits circuits = new OriginCircuits(new SystemTime(), new SystemEntropy(), Log.NONE);
            Channel first = channels.to(target(relays.get(0)), PATIENCE);
            fetchesFromTheDirectory(circuits, first);
            for (boolean ntorV3 : List.of(true, false)) {
                try (OriginCircuit circuit = throughThreeHops(circuits, first, relays, ntorV3)) {
                    downloads(circuit, web, DOWNLOAD);
                    uploads(circuit, web);
                    downloadsAtOnce(circuit, web);
                    closesEarly(circuit, web);
                    downloads(circuit, web, 1000);
                    assertThat(circuit.isOpen()).isTrue();
                }
            }
        }
    }

    private static OriginCircuit throughThreeHops(
            OriginCircuits circuits, Channel first, List<HopTarget> relays, boolean ntorV3)
            throws TorException, InterruptedException {
        OriginCircuit circuit = circuits.open(1, first, with(relays.get(0), ntorV3), FlowParameters.DEFAULT, PATIENCE);
        circuit.extend(with(relays.get(1), ntorV3), PATIENCE);
        circuit.extend(with(relays.get(2), ntorV3), PATIENCE);
        return circuit;
    }

    private static void fetchesFromTheDirectory(OriginCircuits circuits, Channel first) throws Exception {
        try (OriginCircuit circuit = circuits.openFast(2, first, FlowParameters.DEFAULT, PATIENCE);
                OnionStream stream = circuit.connectDirectory(PATIENCE)) {
            stream.write("GET /tor/server/authority HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
            String answer = new String(readAll(stream), US_ASCII);
            assertThat(answer).startsWith("HTTP/1.0 200 OK").contains("router-signature");
        }
    }

    private static void downloads(OriginCircuit circuit, WebServer web, int count) throws Exception {
        try (OnionStream stream = circuit.begin("127.0.0.1", web.port(), BeginFlags.NONE)) {
            stream.write(get(count));
            stream.awaitConnected(PATIENCE);
            byte[] body = body(readAll(stream));
            assertThat(body).hasSize(count);
            assertThat(sha256(body)).isEqualTo(WebServer.digestOfBytes(count));
        }
    }

    private static void uploads(OriginCircuit circuit, WebServer web) throws Exception {
        byte[] content = new byte[UPLOAD];
        new Random(UPLOAD).nextBytes(content);
        try (OnionStream stream = circuit.connect("127.0.0.1", web.port(), BeginFlags.NONE, PATIENCE)) {
            stream.write(("POST /digest HTTP/1.0\r\nContent-Length: " + UPLOAD + "\r\n\r\n").getBytes(US_ASCII));
            stream.write(content);
            assertThat(new String(body(readAll(stream)), US_ASCII)).isEqualTo(sha256(content));
        }
    }

    private static void downloadsAtOnce(OriginCircuit circuit, WebServer web) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                int count = 100_000 + i;
                all.add(threads.submit(() -> {
                    downloads(circuit, web, count);
                    return count;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    /** What the exit still sends on these streams, a whole window of it, must not disturb the circuit. */
    private static void closesEarly(OriginCircuit circuit, WebServer web) throws Exception {
        for (int i = 0; i < STREAMS; i++) {
            try (OnionStream stream = circuit.connect("127.0.0.1", web.port(), BeginFlags.NONE, PATIENCE)) {
                stream.write(get(DOWNLOAD));
                assertThat(stream.read(new byte[1000], 0, 1000)).isPositive();
            }
        }
    }

    private static List<HopTarget> relays(Path authority) throws IOException {
        List<HopTarget> relays = new ArrayList<>();
        for (String file : List.of("cached-descriptors", "cached-descriptors.new")) {
            if (Files.exists(authority.resolve(file))) {
                byte[] documents = Files.readAllBytes(authority.resolve(file));
                RouterDescriptor.parseAll(documents).documents().stream()
                        .map(Unverified::claimed)
                        .filter(relay -> relay.details().nickname().startsWith("relay"))
                        .map(CircuitsOverCTest::hop)
                        .forEach(relays::add);
            }
        }
        assertThat(relays).hasSizeGreaterThanOrEqualTo(3);
        return relays;
    }

    private static HopTarget hop(RouterDescriptor relay) {
        return new HopTarget(
                relay.keys().rsaIdentity().fingerprint(),
                Optional.of(relay.keys().identity()),
                relay.keys().ntorOnionKey(),
                List.of(relay.details().orEndpoint()),
                relay.details().protocols().supports("Relay", 4),
                false);
    }

    private static HopTarget with(HopTarget relay, boolean ntorV3) {
        return new HopTarget(relay.fingerprint(), relay.identity(), relay.onionKey(), relay.addresses(), ntorV3, false);
    }

    private static ChannelTarget target(HopTarget relay) {
        return new ChannelTarget(relay.addresses(), relay.fingerprint(), relay.identity());
    }

    private static byte[] get(int count) {
        return ("GET /bytes/" + count + " HTTP/1.0\r\n\r\n").getBytes(US_ASCII);
    }

    private static byte[] readAll(OnionStream stream) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 * 1024];
        for (int count = stream.read(buffer, 0, buffer.length);
                count >= 0;
                count = stream.read(buffer, 0, buffer.length)) {
            all.write(buffer, 0, count);
        }
        return all.toByteArray();
    }

    /** What comes after the HTTP head. */
    private static byte[] body(byte[] answer) {
        int at = new String(answer, ISO_8859_1).indexOf("\r\n\r\n") + 4;
        byte[] body = new byte[answer.length - at];
        System.arraycopy(answer, at, body, 0, body.length);
        return body;
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
