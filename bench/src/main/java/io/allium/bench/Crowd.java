package io.allium.bench;

import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.TaskGroup;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.base.Unreachable;
import io.allium.cell.BeginFlags;
import io.allium.channel.Channel;
import io.allium.channel.ChannelEvents;
import io.allium.channel.Channels;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.OriginCircuits;
import io.allium.netdoc.RouterDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ten thousand circuits through one relay of ours, with a stream each that leaves there, held for ten minutes: each asks
 * for a little now and then. Does the relay's memory stay as it is, do answers come soon, and does nothing break? The
 * circuits have two hops and are ours; C tor has no part in it.
 */
final class Crowd implements Scenario {
    private static final int MEMBERS = 10_000;
    private static final Duration HELD = Duration.ofMinutes(10);

    /** Each member asks once in so long, at a moment that chance picks: a thousand answers a second in all. */
    private static final Duration EACH = Duration.ofSeconds(10);

    private static final int ANSWER_BYTES = 400;

    /** A relay takes some thousand circuits from one client's channel, so there are several. */
    private static final int MEMBERS_OF_CHANNEL = 5000;

    /** Circuits that are being built at once: more would only wait for the relay's onion skins. */
    private static final int BUILDING = 64;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Figure COUNT =
            new Figure("crowd", "circuits with a stream each, held to the end", "", new Goal.None());
    private static final Figure P50 = new Figure("crowd", "an answer, p50", "ms", new Goal.None());
    private static final Figure P99 = new Figure("crowd", "an answer, p99", "ms", new Goal.None());
    private static final Figure AT_FIRST =
            new Figure("crowd", "the relay, resident, a minute after all are there", "MiB", new Goal.None());
    private static final Figure AT_LAST =
            new Figure("crowd", "the relay, resident, at the end", "MiB", new Goal.None());
    private static final Figure COST = new Figure("crowd", "the relay: CPU for 1000 answers", "s", new Goal.None());

    @Override
    public String name() {
        return "crowd";
    }

    @Override
    public String what() {
        return "10,000 circuits with a stream each on one relay of ours, for 10 minutes; only where it is named";
    }

    @Override
    public boolean isOnlyWhereNamed() {
        return true;
    }

    @Override
    public Duration limit() {
        return Duration.ofMinutes(20);
    }

    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        boolean quick = networks.settings().quick();
        int members = quick ? MEMBERS / 10 : MEMBERS;
        Duration held = quick ? HELD.dividedBy(10) : HELD;
        PrivateNetwork network = networks.of(Implementation.ALLIUM);
        Account exit = network.account(network.node("relay1"));
        try (LoadServer server = LoadServer.forMany();
                ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
                Gathering gathering = new Gathering(networks, network, server, tasks)) {
            gathering.gather(members);
            Duration minute = held.dividedBy(10);
            networks.time().sleep(minute);
            findings.add(AT_FIRST, Implementation.ALLIUM, exit.residentMiB());
            double before = exit.cpuSeconds();
            gathering.milliseconds.clear();
            networks.time().sleep(held.minus(minute));
            double processor = exit.cpuSeconds() - before;
            findings.add(AT_LAST, Implementation.ALLIUM, exit.residentMiB());
            double[] answers = gathering.milliseconds.stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            gathering.expectAll(members);
            findings.add(COUNT, Implementation.ALLIUM, members);
            findings.add(P50, Implementation.ALLIUM, Findings.quantile(answers, 0.5));
            findings.add(P99, Implementation.ALLIUM, Findings.quantile(answers, 0.99));
            findings.add(COST, Implementation.ALLIUM, processor / answers.length * 1000);
            findings.addDistribution("latency in a crowd", Implementation.ALLIUM, answers);
        }
    }

    /** All members. Each is confined to its virtual thread; what they have in common is safe from any. */
    private static final class Gathering implements AutoCloseable {
        private final Networks networks;
        private final LoadServer server;
        private final TaskGroup group;
        private final ThreadTasks tasks;
        private final RouterDescriptor first;
        private final RouterDescriptor last;
        private final OriginCircuits circuits;
        private final List<Channels> channels = new ArrayList<>();
        private final Semaphore building = new Semaphore(BUILDING);
        private final AtomicInteger present = new AtomicInteger();
        private final AtomicReference<@Nullable Exception> trouble = new AtomicReference<>();
        final Queue<Double> milliseconds = new ConcurrentLinkedQueue<>(); // a thousand a second, for minutes

        Gathering(Networks networks, PrivateNetwork network, LoadServer server, ThreadTasks tasks) throws IOException {
            this.networks = networks;
            this.server = server;
            this.tasks = tasks;
            this.group = new TaskGroup(tasks, "crowd");
            this.first = network.descriptor("relay0");
            this.last = network.descriptor("relay1");
            this.circuits = new OriginCircuits(networks.time(), new SystemEntropy(), Log.NONE);
        }

        /** Returns when all have a stream that works. */
        void gather(int members) throws IOException, InterruptedException {
            SplittableRandom chance = new SplittableRandom(networks.settings().seed());
            Channel channel = dial();
            for (int member = 1; member <= members; member++) {
                if (member % MEMBERS_OF_CHANNEL == 0) {
                    channel = dial();
                }
                building.acquire();
                refuseTrouble();
                int number = member;
                Channel to = channel;
                SplittableRandom own = chance.split();
                group.fork("member " + number, () -> live(number, to, own));
            }
            building.acquire(BUILDING);
            refuseTrouble();
        }

        void expectAll(int members) throws IOException {
            refuseTrouble();
            if (present.get() != members) {
                throw new IOException(present.get() + " of " + members + " streams are left");
            }
        }

        private void live(int number, Channel channel, SplittableRandom chance) throws InterruptedException {
            try (OriginCircuit circuit = build(number, channel);
                    OnionStream stream = circuit.connect(
                            server.address().getAddress().getHostAddress(),
                            server.address().getPort(),
                            BeginFlags.NONE,
                            PATIENCE)) {
                present.incrementAndGet();
                building.release();
                byte[] answer = new byte[ANSWER_BYTES];
                networks.time().sleep(EACH.dividedBy(1000).multipliedBy(chance.nextInt(1000)));
                while (true) {
                    long asked = networks.time().nanos();
                    stream.write(
                            ByteBuffer.allocate(Long.BYTES)
                                    .putLong(ANSWER_BYTES)
                                    .array(),
                            0,
                            Long.BYTES);
                    for (int got = 0; got < answer.length; ) {
                        int count = stream.read(answer, got, answer.length - got);
                        if (count < 0) {
                            throw new IOException("a stream ended");
                        }
                        got += count;
                    }
                    milliseconds.add((networks.time().nanos() - asked) / 1e6);
                    networks.time().sleep(EACH);
                }
            } catch (TorException | IOException failed) {
                present.decrementAndGet();
                trouble.compareAndSet(null, failed);
                building.release();
            }
        }

        private OriginCircuit build(int number, Channel channel) throws TorException, InterruptedException {
            OriginCircuit circuit =
                    circuits.open(number, channel, OwnCircuits.hop(first), FlowParameters.DEFAULT, PATIENCE);
            circuit.extend(OwnCircuits.hop(last), PATIENCE);
            return circuit;
        }

        private void refuseTrouble() throws IOException {
            Exception failed = trouble.get();
            if (failed != null) {
                throw new IOException("with " + present.get() + " members: " + failed.getMessage(), failed);
            }
        }

        private Channel dial() throws IOException, InterruptedException {
            Channels one = new Channels(
                    networks.time(), new SystemEntropy(), new SystemNetwork(), tasks, Log.NONE, ChannelEvents.NONE);
            channels.add(one);
            try {
                return one.to(OwnCircuits.target(first), PATIENCE);
            } catch (Unreachable failed) {
                throw new IOException(failed.getMessage(), failed);
            }
        }

        @Override
        public void close() {
            group.close();
            channels.forEach(Channels::close);
        }
    }
}
