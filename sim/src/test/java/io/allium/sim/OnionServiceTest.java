package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.LocalFailure;
import io.allium.client.CircuitEvents;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Onion services in a network where everybody is ours: clients, service, directories, introduction and rendezvous points. */
class OnionServiceTest {
    private static final long SEED = Long.getLong("sim.seed", 20_261_121);
    private static final Duration BEGINNING = Duration.ofMinutes(4);
    private static final Duration VISIT = Duration.ofMinutes(8);
    private static final Path FOLDER = SimulatedTor.DATA.resolve("onion");

    private final Simulation simulation = Simulation.of(SEED);
    private final TorNetwork network = TorNetwork.of(simulation, 3, 6, 2);

    @Test
    void pagesOfAServiceArriveAsTheyWereSent() throws LocalFailure {
        SimulatedTor service = service();
        network.start();
        service.start();
        simulation.run(BEGINNING);
        List<Browser> browsers = browse(pages(service));
        simulation.run(VISIT);

        for (Browser browser : browsers) {
            assertThat(browser.damage()).as("%s", browser).isEmpty();
            assertThat(browser.failed()).as("failures of %s", browser).isZero();
            assertThat(browser.fetched()).as("pages of %s", browser).isGreaterThan(10);
        }
    }

    @Test
    void aServiceThatComesBackAfterItWasKilledIsFoundAgain() throws LocalFailure {
        SimulatedTor service = service();
        network.start();
        service.start();
        simulation.run(BEGINNING);
        List<Browser> browsers = browse(pages(service));
        simulation.run(Duration.ofMinutes(2));
        service.crash();
        simulation.run(Duration.ofMinutes(1));
        service.start();
        pages(service);
        simulation.run(
                Duration.ofMinutes(3)); // requests that were under way give up, and introduction points are forgotten
        List<Long> before = browsers.stream().map(Browser::fetched).toList();
        simulation.run(VISIT);

        for (int i = 0; i < browsers.size(); i++) {
            assertThat(browsers.get(i).damage()).isEmpty();
            assertThat(browsers.get(i).fetched() - before.get(i))
                    .as("pages of %s afterwards", browsers.get(i))
                    .isGreaterThan(10);
        }
    }

    /** One after the other, so that each directory, introduction point and rendezvous point was away once. */
    @Test
    void pagesComeWholeWhileTheRelaysBetweenCrashAndComeBack() throws LocalFailure {
        SimulatedTor service = service();
        network.start();
        service.start();
        simulation.run(BEGINNING);
        List<Browser> browsers = browse(pages(service));
        for (SimulatedTor relay : network.relays()) {
            relay.crash();
            simulation.run(Duration.ofMinutes(1));
            relay.start();
            simulation.run(Duration.ofMinutes(1));
        }
        List<Long> before = browsers.stream().map(Browser::fetched).toList();
        simulation.run(VISIT);

        for (int i = 0; i < browsers.size(); i++) {
            assertThat(browsers.get(i).damage()).isEmpty();
            assertThat(browsers.get(i).fetched() - before.get(i))
                    .as("pages of %s afterwards", browsers.get(i))
                    .isGreaterThan(10);
        }
    }

    /** Of three relays that may follow its guard one is down, and the consensus does not know it. */
    @Test
    void aRelayThatIsDownOnTheWayIsNotTakenForTheOneAtItsEnd() throws LocalFailure {
        SimulatedTor service = service();
        SimulatedTor client = new SimulatedTor(
                simulation,
                "pinned",
                simulation.host("83.9.0.1"),
                network.common() + """
                        ClientOnly 1
                        SocksPort %s
                        MaxCircuitDirtiness 10 seconds
                        HSLayer2Nodes relay1,relay2,relay3
                        """.formatted(SimulatedTor.SOCKS_PORT));
        network.start();
        service.start();
        client.start();
        simulation.run(BEGINNING);
        WebServer pages = pages(service);
        network.relays().get(2).crash();
        simulation.run(Duration.ofMinutes(2)); // the service takes other introduction points where it has to
        Browser browser = new Browser(client, List.of(pages), SimEntropy.of(SEED, "pinned"));
        browser.start();
        simulation.run(VISIT);

        assertThat(browser.damage()).isEmpty();
        assertThat(browser.failed()).as("failures").isZero();
        assertThat(browser.fetched()).isGreaterThan(10);
    }

    /** Its guards, circuits and introduction points serve both sides of the meeting. */
    @Test
    void aTorReachesAServiceOfItsOwnAsAnyOther() throws LocalFailure {
        SimulatedTor service =
                service("ClientOnly 1\nSocksPort " + SimulatedTor.SOCKS_PORT + "\nMaxCircuitDirtiness 10 seconds\n");
        network.start();
        service.start();
        simulation.run(BEGINNING);
        Browser browser = new Browser(service, List.of(pages(service)), SimEntropy.of(SEED, "its own browser"));
        browser.start();
        simulation.run(VISIT);

        assertThat(browser.damage()).isEmpty();
        assertThat(browser.failed()).as("failures").isZero();
        assertThat(browser.fetched()).isGreaterThan(10);
    }

    /** Whoever sees one of its own circuits come by learns what no relay is to learn. */
    @Test
    void aRelayWithAServiceIsInNoneOfItsOwnCircuits() throws LocalFailure {
        SimulatedTor service = service("""
                SocksPort 0
                Nickname both
                ContactInfo nobody@both.example
                Address 84.0.0.1
                ORPort 9001
                ExitRelay 0
                """);
        network.start();
        service.start();
        simulation.run(BEGINNING);
        byte[] file = service.host()
                .disk()
                .read(SimulatedTor.DATA.resolve("fingerprint"))
                .orElseThrow();
        String ourselves = new String(file, StandardCharsets.US_ASCII).strip().split(" ")[1];
        browse(pages(service));
        long seen = 0;
        for (Duration passed = Duration.ZERO; passed.compareTo(VISIT) < 0; passed = passed.plusSeconds(5)) {
            simulation.run(Duration.ofSeconds(5));
            for (CircuitEvents.Status circuit :
                    service.tor().client().orElseThrow().tunnels().circuits()) {
                List<CircuitEvents.Hop> chosen = chosen(circuit);
                seen += chosen.size();
                assertThat(chosen)
                        .as("%s", circuit)
                        .extracting(hop -> hop.fingerprint().hex())
                        .doesNotContain(ourselves);
            }
        }
        assertThat(seen).isPositive();
    }

    /** Its relays without the one at which others had it arrive. */
    private static List<CircuitEvents.Hop> chosen(CircuitEvents.Status circuit) {
        List<CircuitEvents.Hop> path = circuit.path();
        return switch (circuit.use().purpose()) {
            case HS_CLIENT_HSDIR, HS_SERVICE_HSDIR, HS_SERVICE_REND, HS_CLIENT_INTRO ->
                path.subList(0, Math.max(0, path.size() - 1));
            default -> path;
        };
    }

    private SimulatedTor service() {
        return service("ClientOnly 1\nSocksPort 0\n");
    }

    private SimulatedTor service(String further) {
        SimHost host = simulation.host("84.0.0.1");
        return new SimulatedTor(
                simulation, "service", host, network.common() + """
                HiddenServiceDir %s
                HiddenServicePort 80 %s:80
                """.formatted(FOLDER, host.name()) + further);
    }

    /** The server behind the service, known by the service's name. */
    private static WebServer pages(SimulatedTor service) throws LocalFailure {
        byte[] hostname = service.host().disk().read(FOLDER.resolve("hostname")).orElseThrow();
        return WebServer.start(service.host(), new String(hostname, StandardCharsets.US_ASCII).strip());
    }

    private List<Browser> browse(WebServer pages) {
        List<Browser> browsers = new ArrayList<>();
        for (SimulatedTor client : network.clients()) {
            Browser browser =
                    new Browser(client, List.of(pages), SimEntropy.of(simulation.seed(), "browser " + client));
            browsers.add(browser);
            browser.start();
        }
        return browsers;
    }
}
