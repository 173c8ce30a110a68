package io.allium.sim;

import io.allium.base.Entropy;
import io.allium.base.LocalFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Onion services and their clients through days or weeks of a network with the times of the public one, whose relays come and
 * go. Clocks of services and clients are wrong by hours, so that consensuses of different age meet: each client fetches by
 * its own clock. Every hour all visit all, and each visit that fails is kept. Confined to the carrier.
 */
final class OnionMonth {
    /**
     * How large the network is.
     *
     * @param spare relays that come when others leave
     * @param services by how much the clock of each is wrong
     * @param every hours from one visit of all clients to the next; around noon and midnight, when time periods and shared random
     *     values change, they come each hour
     */
    record Size(int relays, int spare, List<Duration> services, int every) {
        static final Size SMALL = new Size(8, 2, List.of(Duration.ofHours(-2)), 2);
        static final Size LARGE = new Size(12, 5, List.of(Duration.ofHours(-2), Duration.ofMinutes(75)), 1);
    }

    private static final int AUTHORITIES = 3;

    /** The clients' clocks. The last client is switched off between its visits, the one before wants to be another at each. */
    private static final List<Duration> CLIENTS = List.of(
            Duration.ZERO,
            Duration.ofHours(-5),
            Duration.ofMinutes(150),
            Duration.ofMinutes(-20),
            Duration.ofMinutes(10));

    private static final int FORGETFUL = 3;
    private static final int SLEEPER = 4;

    /** A client that was never there before comes as often, and its clock is wrong by at most so much. */
    private static final int NEWCOMER_HOURS = 6;

    private static final Duration NEWCOMER_SKEW_MAX = Duration.ofHours(6);

    /**
     * A page that does not come is asked for again, as people do: of so few relays one that is down, and of which the consensus
     * does not know it yet, is on many paths.
     */
    private static final int ATTEMPTS_MAX = 3;

    /** But the descriptor must be there: SOCKS's extended error X'F0', as a byte. */
    private static final String NOT_FOUND = "SOCKS error -16";

    private static final Duration VISIT = Duration.ofMinutes(3);
    private static final Duration BOOTSTRAP = Duration.ofMinutes(6);
    private static final int PAGE = 4000;
    private static final int SLEEP_HOURS_MAX = 14;
    private static final Path FOLDER = SimulatedTor.DATA.resolve("onion");

    private final Simulation simulation;
    private final Size size;
    private final Entropy entropy;
    private final TorNetwork network;
    private final Outages outages = new Outages();
    private final Churn churn;
    private final List<SimulatedTor> services = new ArrayList<>();
    private final List<WebServer> pages = new ArrayList<>();
    private final Map<SimulatedTor, PathRules> rules = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();
    private final List<String> reloads = new ArrayList<>();
    private int visits;
    private int restarts;
    private int missed;
    private int newcomers;
    private int wakesAt;

    /** A client at a service. */
    private record Visit(SimulatedTor client, SimulatedTor service) {}

    private OnionMonth(Simulation simulation, Size size) {
        this.simulation = simulation;
        this.size = size;
        this.entropy = SimEntropy.of(simulation.seed(), "month");
        this.network = TorNetwork.hourly(
                simulation,
                AUTHORITIES,
                size.relays + size.spare,
                CLIENTS.size(),
                ControlProgram.TORRC + "ConfluxEnabled 0\n", // the legs of a set must have different guards
                """
                AuthDirVoteStableGuaranteeMinUptime 1 hour
                ConsensusParams vanguards-hs-service=2
                """);
        this.churn = new Churn(
                simulation,
                outages,
                network.relays().subList(0, size.relays),
                network.relays().subList(size.relays, size.relays + size.spare));
        simulation.trace().listen(this::count);
    }

    /** The network has come up, the services are published, and all clients know the network. */
    static OnionMonth begin(Simulation simulation, Size size) throws LocalFailure {
        OnionMonth month = new OnionMonth(simulation, size);
        month.start();
        return month;
    }

    /** What was wrong: visits that failed, rules that were broken. */
    List<String> failures() {
        rules.values().forEach(each -> {
            failures.addAll(each.violations());
            each.violations().clear();
        });
        return failures;
    }

    private void start() throws LocalFailure {
        network.authorities().forEach(SimulatedTor::start);
        network.relays().subList(0, size.relays).forEach(SimulatedTor::start);
        for (int i = 0; i < size.services.size(); i++) {
            SimHost host = simulation.host("84." + i + ".0.1");
            host.skew(size.services.get(i));
            SimulatedTor service = new SimulatedTor(
                    simulation, "service" + i, host, network.common() + """
                    ClientOnly 1
                    SocksPort 0
                    HiddenServiceDir %s
                    HiddenServicePort 80 %s:80
                    """.formatted(FOLDER, host.name()));
            services.add(service);
            begin(service, true);
        }
        for (int i = 0; i < CLIENTS.size(); i++) {
            SimulatedTor client = network.clients().get(i);
            client.host().skew(CLIENTS.get(i));
            begin(client, false);
        }
        simulation.run(Duration.ofMinutes(1));
        for (SimulatedTor service : services) {
            pages.add(serve(service));
        }
        runTo(Duration.ofMinutes(70)); // from the second consensus on relays are stable, and directories of services
    }

    private static WebServer serve(SimulatedTor service) throws LocalFailure {
        byte[] hostname = service.host().disk().read(FOLDER.resolve("hostname")).orElseThrow();
        return WebServer.start(service.host(), new String(hostname, StandardCharsets.US_ASCII).strip());
    }

    private PathRules begin(SimulatedTor tor, boolean isService) {
        PathRules its = rules.computeIfAbsent(tor, any -> PathRules.of(simulation, tor, isService, outages));
        tor.start();
        its.started();
        return its;
    }

    /** Lets one hour pass: what happens in it, then visits near its end and, now and then, just when the next consensus is there. */
    void hour(int hour) throws LocalFailure {
        Duration begins = Duration.ofHours(hour);
        runTo(begins.plusMinutes(8 + entropy.below(10)));
        churn.turn();
        if (entropy.below(48) == 0) {
            restart(entropy.pick(services));
        }
        runTo(begins.plusMinutes(40 + entropy.below(12)));
        boolean soon = (hour + 1) % 12 <= 1;
        if (hour % size.every == 0 || soon) {
            visit(hour, true);
        }
        rules.values().forEach(PathRules::look);
        if ((hour + 1) % 12 == 0 || (hour + 1) % 5 == 0) {
            runTo(begins.plusMinutes(60).plusSeconds(20 + entropy.below(90)));
            visit(hour, hour % 2 == 0);
        }
        if ((hour + 1) % NEWCOMER_HOURS == 0) {
            newcomer();
        }
    }

    private void restart(SimulatedTor service) throws LocalFailure {
        restarts++;
        int index = services.indexOf(service);
        service.crash();
        simulation.run(Duration.ofSeconds(1 + entropy.below(120)));
        begin(service, true);
        pages.set(index, serve(service));
        simulation.run(Duration.ofMinutes(2));
    }

    /** All clients visit all services. */
    private void visit(int hour, boolean anew) {
        List<SimulatedTor> awake = new ArrayList<>(network.clients().subList(0, SLEEPER));
        SimulatedTor sleeper = network.clients().get(SLEEPER);
        if (anew) {
            ControlProgram.command(awake.get(FORGETFUL), "SIGNAL NEWNYM");
            ruled(awake.get(FORGETFUL)).renewed();
        }
        if (hour >= wakesAt) {
            if (!sleeper.isRunning()) {
                begin(sleeper, false);
                awaitBootstrap(sleeper);
            }
            awake.add(sleeper);
        }
        visit(awake);
        if (sleeper.isRunning()) {
            sleeper.crash();
            wakesAt = hour + 1 + entropy.below(SLEEP_HOURS_MAX);
        }
    }

    private PathRules ruled(SimulatedTor tor) {
        return Optional.ofNullable(rules.get(tor)).orElseThrow();
    }

    private void newcomer() {
        int number = newcomers++;
        SimHost host = simulation.host("85." + number / 200 + "." + number % 200 + ".1");
        long seconds = NEWCOMER_SKEW_MAX.toSeconds();
        host.skew(Duration.ofSeconds(entropy.below(2 * seconds) - seconds));
        SimulatedTor client = new SimulatedTor(
                simulation,
                "newcomer" + number,
                host,
                network.common() + "ClientOnly 1\nSocksPort " + SimulatedTor.SOCKS_PORT + " ExtendedErrors\n");
        PathRules its = begin(client, false);
        awaitBootstrap(client);
        visit(List.of(client));
        failures.addAll(its.violations());
        rules.remove(client);
        client.crash();
    }

    /** For as long as a user would wait. */
    private void awaitBootstrap(SimulatedTor client) {
        long limit = simulation.time().plus(BOOTSTRAP);
        while (!client.isBootstrapped() && simulation.time().nanos() < limit) {
            simulation.run(Duration.ofSeconds(1));
        }
    }

    private void visit(List<SimulatedTor> clients) {
        List<Visit> wanted = new ArrayList<>();
        clients.forEach(client -> services.forEach(service -> wanted.add(new Visit(client, service))));
        for (int attempt = 1; attempt <= ATTEMPTS_MAX && !wanted.isEmpty(); attempt++) {
            boolean last = attempt == ATTEMPTS_MAX;
            visits += attempt == 1 ? wanted.size() : 0;
            Map<Visit, String> failed = failed(wanted);
            failed.forEach((visit, why) -> {
                String what = Trace.stamp(simulation.time().nanos()) + " " + visit.client + " at " + visit.service
                        + ": " + why;
                (last || why.equals(NOT_FOUND) ? failures : reloads).add(what);
            });
            wanted.retainAll(failed.keySet());
        }
    }

    /** All at once; which of them failed, and why. */
    private Map<Visit, String> failed(List<Visit> wanted) {
        Map<Visit, CompletableFuture<Optional<String>>> coming = new LinkedHashMap<>();
        for (Visit each : wanted) {
            WebServer server = pages.get(services.indexOf(each.service));
            coming.put(each, new Browser(each.client, List.of(server), entropy).visit(PAGE));
        }
        long limit = simulation.time().plus(VISIT);
        while (coming.values().stream().anyMatch(each -> !each.isDone())
                && simulation.time().nanos() < limit) {
            simulation.run(Duration.ofSeconds(1));
        }
        Map<Visit, String> failed = new LinkedHashMap<>();
        coming.forEach((visit, outcome) ->
                outcome.getNow(Optional.of("nothing came for " + VISIT)).ifPresent(why -> failed.put(visit, why)));
        return failed;
    }

    /** How often clients asked directories in vain. */
    private void count(String line) {
        if (line.contains("The descriptor of ") && line.contains(" was not to be had")) {
            missed++;
        }
    }

    private void runTo(Duration sinceBeginning) {
        simulation.run(sinceBeginning.minusNanos(simulation.time().nanos()));
    }

    /** What there was, in some lines. */
    String summary() {
        StringBuilder text = new StringBuilder();
        text.append("hours: ")
                .append(simulation.time().nanos() / Duration.ofHours(1).toNanos())
                .append('\n');
        text.append("relays: ").append(churn.counts()).append('\n');
        text.append("restarts of services: ").append(restarts).append('\n');
        text.append("visits: ")
                .append(visits)
                .append(", tried again: ")
                .append(reloads.size())
                .append('\n');
        text.append("directories that had no descriptor: ").append(missed).append('\n');
        rules.forEach((tor, its) -> text.append(tor)
                .append(": circuits built ")
                .append(its.built())
                .append(", first relays ")
                .append(its.firstHops())
                .append(", second layer kept for ")
                .append(its.ages())
                .append(" hours\n"));
        return text.toString();
    }
}
