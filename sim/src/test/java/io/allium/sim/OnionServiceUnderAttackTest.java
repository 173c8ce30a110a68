package io.allium.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Entropy;
import io.allium.base.Tasks;
import io.allium.base.TorException;
import io.allium.cell.IntroducePlaintext;
import io.allium.cell.Introduction;
import io.allium.channel.Channel;
import io.allium.circuit.OriginCircuit;
import io.allium.crypto.OnionAddress;
import io.allium.netdoc.IntroductionPoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A service whose clients are not all friendly: the others are served as ever, and nothing is left of what was sent to it. */
class OnionServiceUnderAttackTest {
    private static final long SEED = Long.getLong("sim.seed", 20_261_121);
    private static final Duration BEGINNING = Duration.ofMinutes(4);
    private static final Path FOLDER = SimulatedTor.DATA.resolve("onion");

    /** As long as the service keeps the circuit of a client that says nothing, and some more. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(12);

    /** In a flood, from several at once. */
    private static final int FLOOD = 240;

    private static final int SENDERS = 24;

    /** A flood that goes on while somebody comes. */
    private static final Duration STANDING_FLOOD = Duration.ofMinutes(1);

    /** What the benchmark allows the slowest of five. */
    private static final Duration LET_IN = Duration.ofSeconds(15);

    private static final int PAGE = 20_000;

    /** Three introduction points for each of two time periods, as many circuits built ahead, and those of two clients. */
    private static final int CIRCUITS_MAX = 40;

    private final Simulation simulation = Simulation.of(SEED);
    private final TorNetwork network = TorNetwork.of(simulation, 3, 6, 3);
    private final Entropy entropy = SimEntropy.of(SEED, "intruder");
    private final List<Browser> browsers = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private SimulatedTor service;
    private Intruder intruder;
    private WebServer pages;

    /** What an intruder does. */
    private interface Attack {
        void run() throws TorException, InterruptedException;
    }

    /** Brings the network up, with browsers on so many clients, and an intruder on the last. */
    private void begin(int visited, String further) throws Exception {
        SimHost host = simulation.host("84.0.0.1");
        service = new SimulatedTor(
                simulation, "service", host, network.common() + """
                ClientOnly 1
                SocksPort 0
                Log [rend]info stdout
                HiddenServiceDir %s
                HiddenServicePort 80 %s:80
                """.formatted(FOLDER, host.name()) + further);
        network.start();
        service.start();
        simulation.run(BEGINNING);
        OnionAddress address = OnionAddress.parse(hostname());
        pages = WebServer.start(service.host(), address.host());
        for (SimulatedTor client : network.clients().subList(0, visited)) {
            browsers.add(browser(client));
            browsers.getLast().start();
        }
        SimulatedTor third = network.clients().getLast();
        intruder = new Intruder(third, address, entropy);
        run(() -> {
            try {
                intruder.learn();
            } catch (IOException broken) {
                throw new IllegalStateException(broken);
            }
        });
        simulation.trace().listen(line -> {
            if (line.contains(" service ") && line.contains(" dropped ")) {
                told.add(line);
            }
        });
    }

    private Browser browser(SimulatedTor client) {
        return new Browser(client, List.of(pages), SimEntropy.of(SEED, "browser " + client));
    }

    private String hostname() {
        byte[] file = service.host().disk().read(FOLDER.resolve("hostname")).orElseThrow();
        return new String(file, StandardCharsets.US_ASCII).strip();
    }

    @Test
    void introductionsThatMakeNoSenseHarmNobody() throws Exception {
        begin(2, "");
        run(() -> {
            for (int length : new int[] {0, 1, 31, 32, 63, 64, 65, 200}) {
                IntroductionPoint at = intruder.anyPoint();
                Introduction good = intruder.sealed(at, intruder.invitation());
                attempt(at, Intruder.with(good, entropy.bytes(length)));
            }
            for (int length : new int[] {0, 1, 19, 20, 21, 60, 150}) {
                IntroductionPoint at = intruder.anyPoint();
                attempt(at, intruder.sealed(at, entropy.bytes(length)));
            }
            for (IntroducePlaintext bad : intruder.badInvitations()) {
                IntroductionPoint at = intruder.anyPoint();
                attempt(at, intruder.sealed(at, bad));
            }
        });
        expectOthersServed();
        expectTold("could not be opened or read");
    }

    @Test
    void oneThatCameBeforeIsNotFollowedAgain() throws Exception {
        begin(2, "");
        run(() -> {
            IntroductionPoint at = intruder.anyPoint();
            Introduction good = intruder.sealed(at, intruder.invitation());
            for (int i = 0; i < 10; i++) {
                attempt(at, good);
            }
        });
        expectOthersServed();
        expectTold("9 came a second time");
    }

    @Test
    void meetingsToWhichNobodyComesAreForgotten() throws Exception {
        begin(2, "");
        run(() -> {
            List<OriginCircuit> silent = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                IntroductionPoint at = intruder.anyPoint();
                attempt(at, intruder.sealed(at, intruder.invitation()));
                OriginCircuit waiting = intruder.rendezvousCircuit();
                silent.add(waiting);
                attempt(at, intruder.sealed(at, intruder.waiting(waiting)));
            }
        });
        expectOthersServed();
    }

    @Test
    void whoeverFloodsAServiceKeepsNobodyElseOut() throws Exception {
        begin(2, "");
        List<Attack> senders = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            senders.add(() -> {
                for (int i = 0; i < FLOOD / SENDERS; i++) {
                    IntroductionPoint at = intruder.anyPoint();
                    attempt(at, intruder.sealed(at, intruder.invitation()));
                }
            });
        }
        run(senders.toArray(Attack[]::new));
        expectOthersServed();
    }

    /** Those of the flood show no work; whoever comes shows some as soon as he was left waiting, and goes before them. */
    @Test
    void whoWorksForAFloodedServiceIsLetInAtOnce() throws Exception {
        begin(1, """
                HiddenServicePoWDefensesEnabled 1
                HiddenServicePoWQueueRate 1
                HiddenServicePoWQueueBurst 1
                """);
        long until = simulation.time().nanos() + STANDING_FLOOD.toNanos();
        List<CompletableFuture<Void>> flood = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            flood.add(fork(() -> {
                while (simulation.time().nanos() - until < 0) {
                    IntroductionPoint at = intruder.anyPoint();
                    attempt(at, intruder.sealed(at, intruder.invitation()));
                }
            }));
        }
        simulation.run(STANDING_FLOOD.dividedBy(2)); // by then the queue is full of them
        Browser newcomer = browser(network.clients().get(1));
        CompletableFuture<Optional<String>> visit = newcomer.visit(PAGE);
        simulation.run(LET_IN);
        assertThat(visit.getNow(Optional.of("no page yet"))).isEmpty();
        assertThat(simulation.time().nanos() - until)
                .as("time left of the flood")
                .isNegative();

        await(flood);
        expectOthersServed();
        expectTold("had to make room for those that worked more");
    }

    /** An attempt that fails is the intruder's problem. */
    private void attempt(IntroductionPoint at, Introduction what) throws InterruptedException {
        try {
            intruder.send(at, what);
        } catch (TorException refused) {
            network.clients().getLast().host().trace("the intruder's attempt: " + refused.getMessage());
        }
    }

    private void run(Attack... attacks) throws Exception {
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (Attack attack : attacks) {
            done.add(fork(attack));
        }
        await(done);
    }

    private CompletableFuture<Void> fork(Attack attack) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        Tasks.Body body = () -> {
            try {
                attack.run();
                over.complete(null);
            } catch (TorException | RuntimeException failed) {
                over.completeExceptionally(failed);
            }
        };
        network.clients().getLast().host().fork("intruder", body);
        return over;
    }

    private void await(List<CompletableFuture<Void>> done) throws Exception {
        while (done.stream().anyMatch(each -> !each.isDone())) {
            simulation.run(Duration.ofSeconds(1));
        }
        for (CompletableFuture<Void> each : done) {
            each.get();
        }
    }

    /** The log sums up what was dropped, and does not say it line by line. */
    private void expectTold(String what) {
        assertThat(told).anySatisfy(line -> assertThat(line).contains(what));
        assertThat(told).hasSizeLessThanOrEqualTo(2);
    }

    private void expectOthersServed() {
        List<Long> before = browsers.stream().map(Browser::fetched).toList();
        simulation.run(FORGOTTEN);
        for (int i = 0; i < browsers.size(); i++) {
            assertThat(browsers.get(i).damage()).isEmpty();
            assertThat(browsers.get(i).failed())
                    .as("failures of %s", browsers.get(i))
                    .isZero();
            assertThat(browsers.get(i).fetched() - before.get(i)).isGreaterThan(10);
        }
        assertThat(circuits()).as("circuits of the service").isLessThan(CIRCUITS_MAX);
    }

    /** How many circuits the service has, on all its channels. */
    private int circuits() {
        return service.tor().channels().stream()
                .flatMap(channels -> channels.all().stream())
                .mapToInt(Channel::circuits)
                .sum();
    }
}
