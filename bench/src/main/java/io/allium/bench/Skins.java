package io.allium.bench;

import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.ThreadTasks;
import io.allium.base.TorException;
import io.allium.channel.Channel;
import io.allium.channel.ChannelEvents;
import io.allium.channel.Channels;
import io.allium.crypto.Ntor;
import io.allium.netdoc.RouterDescriptor;
import java.io.IOException;
import java.time.Duration;

/**
 * How many circuits a second a relay can be made the first hop of. {@link SkinFlood} asks over one channel, with one
 * onion skin again and again (a relay cannot know, since nothing forbids it), so that it costs the asker nothing but
 * cells. On the same cores both share what there is; processor seconds tell what each alone takes.
 */
final class Skins implements Scenario {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration MEASURED = Duration.ofSeconds(10);

    private static final Figure RATE =
            new Figure("skins", "onion skins (ntor) answered by a relay", "1/s", new Goal.AtLeastTimes(1));
    private static final Figure COST =
            new Figure("skins", "relay: CPU for 1000 onion skins", "s", new Goal.AtMostTimes(1));
    private static final Figure ALL_CORES =
            new Figure("skins", "all cores by that cost, without the asker", "1/s", new Goal.AtLeastTimes(1));

    @Override
    public String name() {
        return "skins";
    }

    @Override
    public String what() {
        return "onion skins a second: CREATE2 with ntor to one relay, as many as it answers";
    }

    @Override
    public void run(Networks networks, Findings findings) throws IOException, InterruptedException {
        boolean quick = networks.settings().quick();
        for (Implementation each : Implementation.values()) {
            PrivateNetwork network = networks.of(each);
            RouterDescriptor relay = network.descriptor("relay0");
            Account account = network.account(network.node("relay0"));
            try (ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
                    Channels channels = new Channels(
                            networks.time(),
                            new SystemEntropy(),
                            new SystemNetwork(),
                            tasks,
                            Log.NONE,
                            ChannelEvents.NONE)) {
                SkinFlood flood = new SkinFlood(dial(channels, relay), onionSkin(relay));
                flood.begin();
                networks.time().sleep(quick ? WARM_UP.dividedBy(10) : WARM_UP);
                long answersBefore = flood.answers();
                double secondsBefore = account.cpuSeconds();
                long began = networks.time().nanos();
                networks.time().sleep(quick ? MEASURED.dividedBy(10) : MEASURED);
                double answers = flood.answers() - answersBefore;
                double processor = account.cpuSeconds() - secondsBefore;
                double seconds = (networks.time().nanos() - began) / 1e9;
                flood.end();
                if (answers == 0) {
                    throw new IOException(each.title() + " answered no onion skin; it refused " + flood.refusals());
                }
                findings.add(RATE, each, answers / seconds);
                findings.add(COST, each, processor / answers * 1000);
                findings.add(ALL_CORES, each, Runtime.getRuntime().availableProcessors() / (processor / answers));
            }
        }
    }

    private static Channel dial(Channels channels, RouterDescriptor relay) throws IOException, InterruptedException {
        try {
            return channels.to(OwnCircuits.target(relay), PATIENCE);
        } catch (TorException failed) {
            throw new IOException(failed.getMessage(), failed);
        }
    }

    private static byte[] onionSkin(RouterDescriptor relay) {
        return Ntor.begin(relay.keys().rsaIdentity().fingerprint(), relay.keys().ntorOnionKey(), new SystemEntropy())
                .onionskin();
    }
}
