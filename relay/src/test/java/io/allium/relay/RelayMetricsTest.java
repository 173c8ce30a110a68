package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Entropy;
import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.cell.CellCommand;
import io.allium.cell.ChannelCell;
import io.allium.cell.DestroyReason;
import io.allium.cell.Extensions;
import io.allium.cell.IntroPointClaim;
import io.allium.cell.Introduction;
import io.allium.cell.OnionServiceMessage;
import io.allium.cell.RelayCommand;
import io.allium.cell.RelayMessage;
import io.allium.cell.RendezvousCookie;
import io.allium.channel.Channel;
import io.allium.channel.ChannelEvents;
import io.allium.channel.Channels;
import io.allium.crypto.Ed25519KeyPair;
import io.allium.testing.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What those see who watch a relay. */
class RelayMetricsTest {
    private final SystemTime time = new SystemTime();
    private final Entropy entropy = new SystemEntropy();
    private final Tasks tasks = new ThreadTasks(Log.NONE, 2);
    private final Channels client =
            new Channels(time, entropy, new SystemNetwork(), tasks, Log.NONE, ChannelEvents.NONE);
    private TestRelay relay;
    private TestRelay another;
    private Channel fromClient;
    private Channel fromRelay;

    @BeforeEach
    void start(@TempDir Path home) throws Exception {
        relay = new TestRelay(home.resolve("relay"), time, tasks, true);
        another = new TestRelay(home.resolve("another"), time, tasks, false);
        fromClient = client.to(relay.target(), Duration.ofMinutes(1));
        fromRelay = another.channelTo(relay);
    }

    @AfterEach
    void stop() {
        client.close();
        relay.close();
        another.close();
    }

    @Test
    void onionSkinsAndCircuitsAreCountedByTheirKind() throws Exception {
        RawCircuit.fast(fromClient);
        RawCircuit.fast(fromRelay);
        RawCircuit.ntor(fromRelay, relay);
        RawCircuit controlled = RawCircuit.controlled(fromRelay, relay);

        shows(
                "tor_relay_load_onionskins_total{type=\"fast\",action=\"processed\"} 2",
                "tor_relay_load_onionskins_total{type=\"ntor\",action=\"processed\"} 1",
                "tor_relay_load_onionskins_total{type=\"ntor_v3\",action=\"processed\"} 1",
                "tor_relay_load_onionskins_total{type=\"ntor_v3\",action=\"dropped\"} 0",
                "tor_relay_congestion_control_total{state=\"cc_circuits\",action=\"circs_created\"} 1",
                "tor_relay_congestion_control_total{state=\"cc_circuits\",action=\"circs_closed\"} 0",
                "tor_relay_circuits_total{state=\"opened\"} 4",
                "tor_relay_flag{type=\"Running\"} 0");
        controlled.send(new ChannelCell.Destroy(DestroyReason.FINISHED));
        shows(
                "tor_relay_congestion_control_total{state=\"cc_circuits\",action=\"circs_closed\"} 1",
                "tor_relay_destroy_cell_total 1",
                "tor_relay_circuits_total{state=\"opened\"} 3");
    }

    @Test
    void linksAreCountedByWhoBeganThem() {
        shows(
                "tor_relay_connections{type=\"OR\",direction=\"received\",state=\"opened\",family=\"ipv4\"} 2",
                "tor_relay_connections{type=\"OR\",direction=\"initiated\",state=\"opened\",family=\"ipv4\"} 0",
                "tor_relay_connections_total{type=\"OR\",direction=\"received\",state=\"created\",family=\"ipv4\"} 2",
                "tor_relay_connections_total{type=\"OR\",direction=\"received\",state=\"created\",family=\"ipv6\"} 0");
        assertThat(relay.metrics()).contains("tor_relay_traffic_bytes{direction=\"read\"} ");
    }

    @Test
    void streamsAndLookupsAreCounted() throws Exception {
        RawCircuit circuit = RawCircuit.fast(fromRelay);
        circuit.send(1, new RelayMessage.Resolve("here.example"));
        circuit.nextMessage();
        circuit.send(2, new RelayMessage.Resolve("nowhere.example"));
        circuit.nextMessage();
        circuit.send(3, new RelayMessage.Resolve("127.0.0.1"));
        circuit.nextMessage();
        circuit.send(4, new RelayMessage.BeginDir());
        circuit.nextMessage();

        shows(
                "tor_relay_streams_total{type=\"RESOLVE\"} 3",
                "tor_relay_streams_total{type=\"BEGIN_DIR\"} 1",
                "tor_relay_streams_total{type=\"BEGIN\"} 0",
                "tor_relay_exit_dns_query_total 2",
                "tor_relay_exit_dns_error_total{reason=\"success\"} 1",
                "tor_relay_exit_dns_error_total{reason=\"notexist\"} 1",
                "tor_relay_exit_dns_error_total{reason=\"tor_timeout\"} 0");
    }

    @Test
    void introductionsAreCountedByWhatBecameOfThem() throws Exception {
        Ed25519KeyPair key = Ed25519KeyPair.generate(entropy);
        RawCircuit service = RawCircuit.fast(fromRelay);
        service.send(
                0, new OnionServiceMessage.EstablishIntro(IntroPointClaim.sign(key, Extensions.NONE, service.nonce())));
        service.nextMessage();
        introduce(RawCircuit.fast(fromRelay), key, 246);
        introduce(RawCircuit.fast(fromRelay), key, 0);
        RawCircuit unlucky = introduce(RawCircuit.fast(fromRelay), Ed25519KeyPair.generate(entropy), 246);
        unlucky.send(CellCommand.RELAY, RelayCommand.INTRODUCE1, 0, new byte[200]);
        unlucky.nextDestroy();
        RawCircuit malformed = RawCircuit.fast(fromRelay);
        malformed.send(CellCommand.RELAY, RelayCommand.ESTABLISH_INTRO, 0, new byte[3]);
        malformed.nextDestroy();

        shows(
                "tor_relay_est_intro_total{action=\"success\"} 1",
                "tor_relay_est_intro_total{action=\"malformed\"} 1",
                "tor_relay_intro1_total{action=\"success\"} 1",
                "tor_relay_intro1_total{action=\"malformed\"} 2",
                "tor_relay_intro1_total{action=\"unknown_service\"} 1",
                "tor_relay_circ_proto_violation_total 2");
    }

    @Test
    void rendezvousAreCountedByWhatBecameOfThem() throws Exception {
        RendezvousCookie cookie = RendezvousCookie.generate(entropy);
        RawCircuit waiting = RawCircuit.fast(fromClient);
        waiting.send(0, new OnionServiceMessage.EstablishRendezvous(cookie));
        waiting.nextMessage();
        RawCircuit copy = RawCircuit.fast(fromRelay);
        copy.send(0, new OnionServiceMessage.EstablishRendezvous(cookie));
        copy.nextDestroy();
        RawCircuit.fast(fromRelay).send(0, new OnionServiceMessage.Rendezvous1(cookie, new byte[148]));
        waiting.nextMessage();
        RawCircuit late = RawCircuit.fast(fromRelay);
        late.send(0, new OnionServiceMessage.Rendezvous1(cookie, new byte[148]));
        late.nextDestroy();

        shows(
                "tor_relay_est_rend_total{action=\"success\"} 1",
                "tor_relay_est_rend_total{action=\"duplicate_cookie\"} 1",
                "tor_relay_rend1_total{action=\"success\"} 1",
                "tor_relay_rend1_total{action=\"unknown_cookie\"} 1");
    }

    private RawCircuit introduce(RawCircuit circuit, Ed25519KeyPair to, int length) throws Exception {
        circuit.send(
                0,
                new OnionServiceMessage.Introduce1(
                        new Introduction(to.publicKey(), Extensions.NONE, entropy.bytes(length))));
        circuit.nextMessage();
        return circuit;
    }

    /** Waits for lines: what is counted follows what is sent, or the other way round. */
    private void shows(String... lines) {
        try {
            Waiting.until(() -> relay.metrics().lines().toList().containsAll(List.of(lines)));
        } catch (AssertionError never) {
            assertThat(relay.metrics().lines()).contains(lines);
            throw never;
        }
    }
}
