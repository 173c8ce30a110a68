package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.crypto.Base32;
import io.allium.crypto.Curve25519KeyPair;
import io.allium.onionservice.ServiceStatus;
import io.allium.onionservice.ServiceStatus.Step;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Onion services know whether they can be reached. */
class OnionReachabilityTest {
    private static final long SEED = Long.getLong("sim.seed", 20_261_122);
    /** Shorter than any step of a service that begins. */
    private static final Duration LOOK = Duration.ofMillis(50);

    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    /** A time period has 24 voting intervals. */
    private static final Duration PERIODS =
            TorNetwork.VOTING_INTERVAL.multipliedBy(24).plusMinutes(90);

    private static final Path FOLDER = SimulatedTor.DATA.resolve("onion");

    private final Simulation simulation = Simulation.of(SEED);
    private final TorNetwork network = TorNetwork.of(simulation, 3, 6, 1);
    private final List<String> log = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HiddenServicePoWDefensesEnabled 1\n",
                "HiddenServiceNonAnonymousMode 1\nHiddenServiceSingleHopMode 1\n"
            })
    void aServiceIsReadyWhenItHasBeenItsOwnClient(String further) throws Exception {
        SimulatedTor service = service(further);
        network.start();
        service.start();
        Set<Step> steps = untilReady(service);

        assertThat(steps).contains(Step.NETWORK, Step.CIRCUITS, Step.UPLOAD, Step.FIND);
        assertThat(log).filteredOn(line -> line.contains(" is ready: ")).hasSize(1);
        assertThat(visited(service)).isTrue();
    }

    @Test
    void aServiceThatLetsInOnlySomeLetsItselfInToo() throws Exception {
        SimulatedTor service = service("");
        Curve25519KeyPair client =
                Curve25519KeyPair.generate(SimEntropy.of(simulation.seed(), "somebody who may come"));
        service.host()
                .disk()
                .write(
                        FOLDER.resolve("authorized_clients").resolve("alice.auth"),
                        ("descriptor:x25519:"
                                        + Base32.encode(client.publicKey().bytes())
                                                .toUpperCase(Locale.ROOT)
                                        + "\n")
                                .getBytes(StandardCharsets.US_ASCII));
        network.start();
        service.start();
        untilReady(service);

        assertThat(status(service).words()).contains("a visit to itself as a client went well");
        assertThat(visited(service)).as("visited without a key").isFalse();
    }

    @Test
    void aServiceMayBeToldNotToVisitItself() throws Exception {
        SimulatedTor service = service("HiddenServiceSelfTest 0\n");
        network.start();
        service.start();
        Set<Step> steps = untilReady(service);

        assertThat(steps).contains(Step.UPLOAD).doesNotContain(Step.FIND);
        assertThat(visited(service)).isTrue();
    }

    @Test
    void aServiceSaysWhatIsInTheWayAndThatItIsGone() throws Exception {
        SimulatedTor service = service("");
        network.start();
        service.start();
        untilReady(service);
        network.relays().forEach(SimulatedTor::crash);
        network.authorities().forEach(SimulatedTor::crash);
        simulation.run(Duration.ofMinutes(5));

        assertThat(status(service).isReady()).isFalse();
        assertThat(status(service).isFailing()).isTrue();
        assertThat(log)
                .filteredOn(line -> line.contains("Onion service onion cannot be reached: it has no circuit"))
                .hasSize(1);
        network.authorities().forEach(SimulatedTor::start);
        network.relays().forEach(SimulatedTor::start);
        untilReady(service);

        assertThat(log).filteredOn(line -> line.contains(" is ready: ")).hasSize(2);
    }

    /** The descriptor's keys, its directories and its introduction points are all others in the end. */
    @Test
    void aServiceStaysReadyFromOnePeriodToTheNext() throws Exception {
        SimulatedTor service = service("");
        network.start();
        service.start();
        untilReady(service);
        for (int look = 0; look < PERIODS.dividedBy(TEN_SECONDS); look++) {
            simulation.run(TEN_SECONDS);
            assertThat(status(service).step()).as("%s", status(service)).isEqualTo(Step.READY);
        }

        assertThat(log).noneMatch(line -> line.contains(" cannot be reached"));
    }

    private SimulatedTor service(String further) {
        SimHost host = simulation.host("84.0.0.1");
        simulation.trace().listen(line -> {
            if (line.contains("service ")) {
                log.add(line);
            }
        });
        return new SimulatedTor(
                simulation, "service", host, network.common() + """
                ClientOnly 1
                SocksPort 0
                HiddenServiceDir %s
                HiddenServicePort 80 %s:80
                """.formatted(FOLDER, host.name()) + further);
    }

    /** Runs until the service says that it is ready; the steps that it named until then. */
    private Set<Step> untilReady(SimulatedTor service) {
        Set<Step> steps = EnumSet.noneOf(Step.class);
        for (Duration passed = Duration.ZERO; passed.compareTo(PATIENCE) < 0; passed = passed.plus(LOOK)) {
            simulation.run(LOOK);
            if (!service.tor().onionServices().isEmpty()) {
                steps.add(status(service).step());
            }
            if (steps.contains(Step.READY)) {
                return steps;
            }
        }
        throw new AssertionError("not ready: " + status(service));
    }

    private static ServiceStatus status(SimulatedTor service) {
        return service.tor().onionServices().getFirst().status();
    }

    /** Whether a client gets a page within a minute. */
    private boolean visited(SimulatedTor service) throws Exception {
        byte[] hostname = service.host().disk().read(FOLDER.resolve("hostname")).orElseThrow();
        WebServer pages = WebServer.start(service.host(), new String(hostname, StandardCharsets.US_ASCII).strip());
        Browser browser =
                new Browser(network.clients().getFirst(), List.of(pages), SimEntropy.of(simulation.seed(), "browser"));
        browser.start();
        simulation.run(Duration.ofMinutes(1));
        browser.stop();
        return browser.fetched() > 0 && browser.failed() == 0;
    }
}
