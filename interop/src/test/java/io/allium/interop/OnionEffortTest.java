package io.allium.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Onion services that answer one client a second, more of whom come than that: who was not answered works for the next introduction,
 * and the service suggests work to all. Both implementations take each other's work.
 */
@ExtendWith(AmongBoth.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OnionEffortTest {
    private static final int BYTES = Integer.getInteger("onions.bytes", 1_000_000);
    private static final int AT_ONCE = 20;

    /** The service throws introductions away that have waited for 15 s. */
    private static final int CROWD = 30;

    /** As much as overflows the queue, which holds 61. */
    private static final int RUSH = 90;

    /** What services of both kinds say of an introduction that shows work which counts. */
    private static final Pattern WORKED = Pattern.compile(
            "(?:Enqueued rendezvous request with effort: |introduction shows work of effort )([1-9]\\d*)");

    /** What a service says that suggests work. */
    private static final Pattern SUGGESTED = Pattern.compile(
            "Suggested effort changed significantly, updating descriptors|suggests work of effort [1-9]");

    private final List<Pairing> pairings = new ArrayList<>();
    private final List<MixedNetwork.Node> joined = new ArrayList<>();
    private WebServer web;
    private MixedNetwork network;
    private Path folder;

    /** A client, and a service that no other client visits. */
    private record Pairing(MixedNetwork.Node client, MixedNetwork.Node service, OnionFolder at, Visitor visitor) {
        @Override
        public String toString() {
            return kind(client) + " client, " + kind(service) + " service";
        }

        private static String kind(MixedNetwork.Node node) {
            return node.ours() ? "our" : "C tor's";
        }
    }

    @BeforeAll
    void startServicesAndClients(MixedNetwork among, @TempDir Path temporary) throws Exception {
        network = among;
        folder = temporary;
        web = new WebServer();
        Map<Boolean, MixedNetwork.Node> clients = new LinkedHashMap<>();
        for (boolean ours : List.of(false, true)) {
            clients.put(ours, join("clientWorks" + (ours ? 1 : 0), ours, List.of()));
        }
        for (MixedNetwork.Node client : clients.values()) {
            for (boolean ours : List.of(false, true)) {
                String name = "serviceAsks" + pairings.size();
                OnionFolder at = OnionFolder.make(folder.resolve(name));
                MixedNetwork.Node service = join(
                        name,
                        ours,
                        at.torrc(
                                web.port(),
                                "HiddenServicePoWDefensesEnabled 1",
                                "HiddenServicePoWQueueRate 1",
                                "HiddenServicePoWQueueBurst 1"));
                pairings.add(new Pairing(client, service, at, new Visitor(folder, client.socksPort())));
            }
        }
        for (Pairing each : pairings) {
            network.await("a service has no name", each.at()::hasAddress);
            network.await(
                    "the service was not reached",
                    () -> each.visitor().reaches(each.at().site()));
        }
    }

    @AfterAll
    void endThem() throws Exception {
        for (MixedNetwork.Node each : joined) {
            network.leave(each);
        }
        web.close();
    }

    /** C tor's client waits where nobody comes, without working: it does what it is asked to, by the next test. */
    @Test
    @Order(1)
    void ourClientWorksWhereItWasNotAnsweredAndIsServed() throws Exception {
        List<Pairing> ours =
                pairings.stream().filter(each -> each.client().ours()).toList();
        atOnce(ours, each -> {
            network.await("nobody has worked", () -> {
                each.visitor().reachesAtOnce(each.at().site(), CROWD);
                return !efforts(each.service(), WORKED).isEmpty();
            });
            each.visitor().downloads(each.at().site(), BYTES);
            each.visitor().uploads(each.at().site(), BYTES);
        });
        for (Pairing each : ours) {
            System.out.println(each + ": took work of efforts " + efforts(each.service(), WORKED));
        }
        assertThat(network.logs().complaints()).isEmpty();
        assertThat(network.logs().violations()).isEmpty();
    }

    /** It takes what such a service takes to make up its mind: five minutes, and the same again if it was not asked enough. */
    @Test
    @Order(2)
    @EnabledIfSystemProperty(named = "onions.effort", matches = "true")
    void aServiceInDemandSuggestsWorkAndNewClientsDoIt() throws Exception {
        atOnce(
                pairings,
                each -> network.await("no work is suggested", () -> {
                    each.visitor().reachesAtOnce(each.at().site(), RUSH);
                    return SUGGESTED
                            .matcher(Files.readString(each.service().onionLog()))
                            .find();
                }));
        for (Pairing each : pairings) {
            String name = "clientNew" + pairings.indexOf(each);
            MixedNetwork.Node client = join(name, each.client().ours(), List.of());
            network.awaitBootstrap(client);
            Visitor visitor = new Visitor(folder, client.socksPort());
            String site = each.at().site();
            int before = efforts(each.service(), WORKED).size();
            visitor.downloads(site, BYTES);
            visitor.uploads(site, BYTES);
            visitor.downloadsAtOnce(site, BYTES / AT_ONCE, AT_ONCE);
            List<Long> efforts = efforts(each.service(), WORKED);
            System.out.println(each + ", suggested: took " + efforts.subList(before, efforts.size()));
            assertThat(efforts.size()).isGreaterThanOrEqualTo(before + AT_ONCE);
        }
        assertThat(network.logs().complaints()).isEmpty();
    }

    private interface Act {
        void on(Pairing pairing) throws Exception;
    }

    private static void atOnce(List<Pairing> pairings, Act act) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (Pairing each : pairings) {
                all.add(threads.submit(() -> {
                    act.on(each);
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    private static List<Long> efforts(MixedNetwork.Node node, Pattern said) throws IOException {
        List<Long> efforts = new ArrayList<>();
        try (Stream<String> lines = Files.lines(node.onionLog())) {
            for (String line : (Iterable<String>) lines::iterator) {
                Matcher found = said.matcher(line);
                if (found.find()) {
                    efforts.add(Long.parseLong(found.group(1)));
                }
            }
        }
        return efforts;
    }

    private MixedNetwork.Node join(String name, boolean ours, List<String> further) throws IOException {
        joined.add(network.startClient(name, ours, further));
        return joined.getLast();
    }
}
