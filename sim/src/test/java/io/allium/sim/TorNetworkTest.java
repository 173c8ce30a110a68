package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.Wire;
import io.allium.channel.Channel;
import io.allium.channel.Channels;
import io.allium.netdoc.ConsensusFlavor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Whole Tor networks in virtual time. {@code -Dsim.seed=} repeats what a seed did, {@code -Dsim.minutes=} makes the long
 * test longer or shorter, and with {@code -Dsim.full=true} two such hours are compared line by line.
 */
class TorNetworkTest {
    private static final long SEED = Long.getLong("sim.seed", 20_261_120);
    private static final int MINUTES = Integer.getInteger("sim.minutes", 60);
    private static final boolean FULL = Boolean.getBoolean("sim.full");

    /** The first consensus is there after a minute, and soon after it every client has built circuits. */
    private static final Duration BEGINNING = Duration.ofMinutes(2);

    @Test
    void anHourOfBusyClientsKeepsAllInvariants() {
        TorNetwork network = busy(Simulation.of(SEED), 3, 30, 20);
        network.simulation().run(Duration.ofMinutes(MINUTES));

        assertThat(network.browsers()).allSatisfy(browser -> {
            assertThat(browser.failed()).isZero();
            assertThat(browser.fetched()).isGreaterThan(MINUTES * 60L / 20);
        });
        for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
            byte[] first = NetworkChecks.consensus(network.authorities().getFirst(), flavor);
            assertThat(first).isNotEmpty();
            assertThat(network.authorities())
                    .allSatisfy(authority -> assertThat(NetworkChecks.consensus(authority, flavor))
                            .isEqualTo(first));
        }
    }

    @Test
    void oneSeedGivesOneTraceAndAnotherSeedAnother() throws IOException {
        Recording one = recorded(SEED);
        Recording same = recorded(SEED);
        assertThat(one.firstDifference(same)).isEmpty();
        assertThat(one.hash()).isEqualTo(same.hash());
        assertThat(one.hash()).isNotEqualTo(recorded(SEED + 1).hash());
    }

    private static Recording recorded(long seed) {
        Simulation simulation = Simulation.of(seed);
        TorNetwork network = FULL ? busy(simulation, 3, 30, 20) : busy(simulation, 3, 9, 5);
        Recording recording = Recording.of(simulation.trace());
        simulation.run(Duration.ofMinutes(FULL ? MINUTES : 12));
        assertThat(network.browsers())
                .allSatisfy(browser -> assertThat(browser.fetched()).isPositive());
        return recording;
    }

    @Test
    void nothingIsLeftWhenTheClientsHaveGone() {
        TorNetwork network = busy(Simulation.of(SEED), 3, 9, 5);
        Simulation simulation = network.simulation();
        simulation.run(Duration.ofMinutes(6));
        assertThat(circuits(network)).isPositive();

        expectNothingLeft(network);
    }

    private static void expectNothingLeft(TorNetwork network) {
        Simulation simulation = network.simulation();
        network.stopBrowsing();
        simulation.run(Duration.ofMinutes(1));
        network.clients().forEach(SimulatedTor::stop);
        simulation.run(Duration.ofMinutes(1));
        assertThat(circuits(network)).isZero();
        simulation.run(Duration.ofMinutes(6));
        assertThat(simulation.network().connections()).as("idle channels close").isZero();
    }

    private static int circuits(TorNetwork network) {
        return network.relays().stream()
                .flatMap(relay -> relay.tor().channels().stream())
                .map(Channels::all)
                .flatMap(List::stream)
                .mapToInt(Channel::circuits)
                .sum();
    }

    @Test
    void clientsGoOnWhileAuthoritiesArePartedARelayCrashesAndALinkIsBad() {
        TorNetwork network = busy(Simulation.of(SEED), 3, 12, 6);
        Simulation simulation = network.simulation();
        simulation.run(Duration.ofMinutes(4));

        SimHost lonely = network.authorities().getFirst().host();
        simulation.network().partition(host -> host == lonely);
        breakConnections(network, lonely); // it relays too: who is on its way through it would wait for minutes for TCP
        expectFetches(network, Duration.ofMinutes(6), 10);
        simulation.network().heal();

        List<SimulatedTor> victims = network.relays().subList(0, 4); // two of the four exits among them
        victims.forEach(SimulatedTor::crash);
        expectFetches(network, Duration.ofMinutes(7), 12);
        victims.forEach(SimulatedTor::start);
        expectFetches(network, Duration.ofMinutes(6), 10);
        assertThat(newestConsensus(network))
                .as("those who came back are listed as who they were")
                .contains(victims.stream().map(victim -> "r " + victim + " ").toList());

        SimHost slow = network.clients().getFirst().host();
        LinkQuality bad = new LinkQuality(Duration.ofMillis(300), Duration.ofMillis(100), 0.05);
        for (SimulatedTor relay : network.relays()) {
            simulation.network().link(slow, relay.host(), bad);
        }
        expectFetches(network, Duration.ofMinutes(5), 5);
        long failed = network.browsers().stream().mapToLong(Browser::failed).sum();
        assertThat(failed).as("only what the crash broke off").isLessThan(6);
    }

    private static void breakConnections(TorNetwork network, SimHost lonely) {
        for (List<SimulatedTor> others : List.of(network.authorities(), network.relays(), network.clients())) {
            others.forEach(other -> network.simulation().network().reset(lonely, other.host()));
        }
    }

    @Test
    void anAuthorityThatIsUpTooLateForTheFirstVoteTakesPartInTheSecond() {
        TorNetwork network = TorNetwork.of(Simulation.of(SEED), 3, 3, 0);
        Simulation simulation = network.simulation();
        SimulatedTor late = network.authorities().getLast();
        network.nodes().stream().filter(each -> each != late).forEach(SimulatedTor::start);
        simulation.run(Duration.ofSeconds(55)); // the others vote 20 seconds before the minute is over
        late.start();
        simulation.run(Duration.ofSeconds(20));
        assertThat(cached(late))
                .contains("valid-until")
                .isEqualTo(cached(network.authorities().getFirst()));

        List<String> votes = new ArrayList<>();
        simulation.trace().listen(line -> {
            if (line.contains(late + " ") && line.contains("Time to vote")) {
                votes.add(line);
            }
        });
        simulation.run(TorNetwork.VOTING_INTERVAL);
        assertThat(votes).as("no vote by the timetable of the beginning").hasSize(1);
        for (SimulatedTor authority : network.authorities()) {
            assertThat(cached(authority).split("directory-signature ", -1))
                    .as("what stands before and after 3 signatures, at " + authority)
                    .hasSize(1 + 3);
        }
    }

    @Test
    void aStormPassesAndLeavesNothingBehind() {
        TorNetwork network = busy(Simulation.of(SEED), 3, 9, 5);
        Simulation simulation = network.simulation();
        simulation.run(Duration.ofMinutes(4));
        Storm storm = new Storm(network);
        storm.rage(15);
        storm.pass();
        simulation.run(Duration.ofMinutes(10));
        expectFetches(network, Duration.ofMinutes(4), 6);
        expectNothingLeft(network);
    }

    private static String newestConsensus(TorNetwork network) {
        return cached(network.authorities().getLast());
    }

    /** What an authority serves, whoever made it. */
    private static String cached(SimulatedTor authority) {
        byte[] consensus = authority
                .host()
                .disk()
                .read(SimulatedTor.DATA.resolve("cached-consensus"))
                .orElse(new byte[0]);
        return new String(consensus, StandardCharsets.US_ASCII);
    }

    /** Every client fetches at least so many pages meanwhile. */
    private static void expectFetches(TorNetwork network, Duration meanwhile, int least) {
        List<Long> before = network.browsers().stream().map(Browser::fetched).toList();
        network.simulation().run(meanwhile);
        for (int i = 0; i < before.size(); i++) {
            Browser browser = network.browsers().get(i);
            assertThat(browser.fetched() - before.get(i))
                    .as("pages of " + browser)
                    .isGreaterThanOrEqualTo(least);
        }
    }

    @Test
    void aPageReadableOnALinkBetweenTorsEndsTheRunAndSaysTheSeed() {
        TorNetwork network = busy(Simulation.of(SEED), 3, 3, 1);
        SimHost from = network.relays().getFirst().host();
        SimHost to = network.relays().getLast().host();
        from.fork("blurt", () -> {
            try (Wire wire = from.network()
                    .dial(new Endpoint(to.addresses().getFirst(), TorNetwork.OR_PORT), Duration.ofSeconds(5))) {
                wire.write(new Page(1, 1000).bytes(100, 200));
            } catch (IOException refused) {
                throw new IllegalStateException(refused);
            }
        });
        expectFailure(network, "no plain text on a link: relay0 sent some of a page to relay2");
    }

    @Test
    void aClientThatDialsSomebodyElseThanItsGuardsEndsTheRunAndSaysTheSeed() {
        TorNetwork network = busy(Simulation.of(SEED), 3, 3, 1);
        SimHost client = network.clients().getFirst().host();
        client.fork("stray", () -> {
            client.time().sleep(BEGINNING);
            client.network()
                    .dial(Endpoint.parse("93.0.0.1:80"), Duration.ofSeconds(5))
                    .close();
        });
        expectFailure(network, "clients dial their guards only: client0 dialled 93.0.0.1");
    }

    @Test
    void aPageThatIsNotWhatWasSentEndsTheRunAndSaysTheSeed() throws Exception {
        TorNetwork network = busy(Simulation.of(SEED), 3, 3, 1);
        SimHost liar = network.simulation().host("94.0.0.1");
        for (int i = 0; i < TorNetwork.WEB_SERVERS; i++) {
            network.simulation().names().put("web" + i + ".example", liar.name());
        }
        var listener = liar.network().listen(new Endpoint(liar.addresses().getFirst(), WebServer.PORT));
        liar.fork("liar", () -> {
            try (Wire wire = listener.accept()) {
                Page page = Page.at(WebServer.head(wire).split(" ", 3)[1]);
                wire.write("HTTP/1.0 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                wire.write(page.bytes(0, 640));
                wire.write(page.bytes(704, page.length())); // a line is lost
                wire.finish();
            } catch (IOException gone) {
                throw new IllegalStateException(gone);
            }
        });
        expectFailure(network, "pages arrive as they were sent: client0: /");
    }

    private static void expectFailure(TorNetwork network, String why) {
        assertThatThrownBy(() -> network.simulation().run(Duration.ofMinutes(4)))
                .isInstanceOf(SimulationFailed.class)
                .hasMessageStartingWith("seed " + SEED + " at ")
                .hasMessageContaining(why);
    }

    private static TorNetwork busy(Simulation simulation, int authorities, int relays, int clients) {
        TorNetwork network = TorNetwork.of(simulation, authorities, relays, clients);
        NetworkChecks.watch(network);
        network.start();
        network.browse();
        return network;
    }
}
