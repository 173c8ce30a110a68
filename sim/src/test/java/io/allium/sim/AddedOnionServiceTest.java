package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.LocalFailure;
import io.allium.control.ControlEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An onion service that stands in no torrc: a controller adds it, and takes it away. */
class AddedOnionServiceTest {
    private static final long SEED = Long.getLong("sim.seed", 20_261_121);
    private static final Duration VISITS = Duration.ofMinutes(6);
    private static final String KEY =
            "QCT0Yn/Jmv7i5kOwGdG2NRTeXqbdN0VhEo2u4YG7c3Vqm0Y0hZmmzkyI4XkkpjZx1P3ELKc3LpNAjfQwNhr3zg==";
    private static final String LABEL = "nftr3jlbfqwdkschwwroid43wpuzzcxgftca743vxgki4zjciz3whyad";

    private final Simulation simulation = Simulation.of(SEED);
    private final TorNetwork network = TorNetwork.of(simulation, 3, 6, 1);
    private final SimHost host = simulation.host("84.0.0.1");
    private final List<String> heard = new ArrayList<>();

    @Test
    void itIsVisitedUntilItIsTakenAway() throws LocalFailure {
        SimulatedTor service = service("");
        network.start();
        service.start();
        ControlProgram.follow(service, List.of(ControlEvent.HS_DESC), heard::add);
        simulation.run(Duration.ofMinutes(2));
        add(service);
        Browser browser = browser();
        simulation.run(VISITS);

        assertThat(browser.damage()).isEmpty();
        assertThat(browser.fetched()).isGreaterThan(10);
        assertThat(heard.stream().map(line -> line.split(" ")[1]).distinct())
                .startsWith("CREATED", "UPLOAD", "UPLOADED");
        assertThat(heard).allSatisfy(line -> assertThat(line).contains(LABEL));
        ControlProgram.command(service, "DEL_ONION " + LABEL);
        simulation.run(Duration.ofMinutes(3)); // what is under way gives up
        long before = browser.fetched();
        simulation.run(Duration.ofMinutes(3));
        assertThat(browser.fetched()).as("pages of a service that is gone").isEqualTo(before);
    }

    @Test
    void itIsKeptWhileTheNetworkIsDisabled() throws LocalFailure {
        SimulatedTor service = service("DisableNetwork 1\n");
        network.start();
        service.start();
        simulation.run(Duration.ofMinutes(2));
        add(service);
        simulation.run(Duration.ofMinutes(1));
        assertThat(service.tor().onionServices()).isEmpty();
        ControlProgram.command(service, "SETCONF DisableNetwork=0");
        Browser browser = browser();
        simulation.run(VISITS);

        assertThat(service.tor().onionServices()).hasSize(1);
        assertThat(browser.damage()).isEmpty();
        assertThat(browser.fetched()).isGreaterThan(10);
    }

    private static void add(SimulatedTor service) {
        ControlProgram.command(service, "ADD_ONION ED25519-V3:" + KEY + " Flags=Detach Port=80,84.0.0.1:80");
    }

    private Browser browser() throws LocalFailure {
        WebServer pages = WebServer.start(host, LABEL + ".onion");
        Browser browser = new Browser(network.clients().getFirst(), List.of(pages), SimEntropy.of(SEED, "browser"));
        browser.start();
        return browser;
    }

    private SimulatedTor service(String more) {
        return new SimulatedTor(simulation, "service", host, network.common() + ControlProgram.TORRC + more + """
                ClientOnly 1
                SocksPort 0
                """);
    }
}
