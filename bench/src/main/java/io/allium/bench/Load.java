package io.allium.bench;

import io.allium.base.Time;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * What a load cost: bytes, seconds, and the processor time of everybody who had part in it.
 *
 * @param seconds from the first request to the last byte
 * @param relays processor seconds of all relays and authorities together
 * @param client those of the client
 * @param generator our own: server and receiver
 * @param relayThreads which threads of the relays used their time
 * @param clientThreads the same of the client
 */
record Load(
        long bytes,
        double seconds,
        double relays,
        double client,
        double generator,
        String relayThreads,
        String clientThreads) {
    private static final int HOPS = 3;

    /** Something that moves bytes. */
    @FunctionalInterface
    interface Work {
        /** @return how many bytes came */
        long run() throws IOException, InterruptedException;
    }

    /** Takes the accounts, lets all of {@code work} happen at once, and takes the accounts again. */
    static Load measure(PrivateNetwork network, Time time, List<Work> work) throws IOException, InterruptedException {
        List<Node> clients = List.of(network.client());
        Map<String, Double> relayThreads = threads(network, network.relays());
        Map<String, Double> clientThreads = threads(network, clients);
        Account own = new Account(ProcessHandle.current().pid());
        Account client = network.account(network.client());
        double relaysBefore = relays(network);
        double clientBefore = client.cpuSeconds();
        double ownBefore = own.cpuSeconds();
        long began = time.nanos();
        long bytes = atOnce(work);
        double seconds = (time.nanos() - began) / 1e9;
        return new Load(
                bytes,
                seconds,
                relays(network) - relaysBefore,
                client.cpuSeconds() - clientBefore,
                own.cpuSeconds() - ownBefore,
                threads(network, network.relays(), relayThreads),
                threads(network, clients, clientThreads));
    }

    double megabytesPerSecond() {
        return bytes / 1e6 / seconds;
    }

    /** Of one relay: each byte crosses three of them, as guard, middle and exit. */
    double relaySecondsPerGigabyte() {
        return relays / HOPS / (bytes / 1e9);
    }

    double clientSecondsPerGigabyte() {
        return client / (bytes / 1e9);
    }

    /** Which share of all the processor time was the generator's. */
    double generatorShare() {
        return generator / (generator + client + relays);
    }

    /** Each on a thread of its own; the first failure is the caller's. */
    static long atOnce(List<Work> work) throws IOException, InterruptedException {
        if (work.size() == 1) {
            return work.getFirst().run();
        }
        ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().daemon().name("load-", 0).factory());
        try {
            List<Future<Long>> running = new ArrayList<>();
            work.forEach(each -> running.add(threads.submit(each::run)));
            long bytes = 0;
            for (Future<Long> each : running) {
                bytes += each.get();
            }
            return bytes;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException io) {
                throw new IOException(io.getMessage(), io);
            }
            throw new IllegalStateException(failed.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private static double relays(PrivateNetwork network) throws IOException {
        double seconds = 0;
        for (Node relay : network.relays()) {
            seconds += network.account(relay).cpuSeconds();
        }
        return seconds;
    }

    /** Which threads of the given nodes used the time since {@code before}, the greedy first. */
    static String threads(PrivateNetwork network, List<Node> nodes, Map<String, Double> before) throws IOException {
        Map<String, Double> used = threads(network, nodes);
        before.forEach((name, seconds) -> used.merge(name, -seconds, Double::sum));
        double all = used.values().stream().mapToDouble(Double::doubleValue).sum();
        return used.entrySet().stream()
                .filter(entry -> entry.getValue() >= all / 100)
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .map(entry -> String.format(Locale.ROOT, "%s %.0f %%", entry.getKey(), entry.getValue() / all * 100))
                .collect(Collectors.joining(", "));
    }

    /** Processor seconds so far of the nodes' threads, by their names. */
    static Map<String, Double> threads(PrivateNetwork network, List<Node> nodes) throws IOException {
        Map<String, Double> all = new TreeMap<>();
        for (Node node : nodes) {
            network.account(node)
                    .cpuSecondsByThread()
                    .forEach((name, seconds) -> all.merge(name, seconds, Double::sum));
        }
        return all;
    }
}
