package io.allium.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.Network;
import io.allium.base.Poller;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.ThreadTasks;
import io.allium.base.Unreachable;
import io.allium.base.Wire;
import io.allium.channel.ChannelEvents;
import io.allium.channel.Channels;
import io.allium.circuit.OriginCircuits;
import io.allium.directory.BootstrapReport;
import io.allium.directory.DirectoryEvents;
import io.allium.directory.HttpMessage;
import io.allium.directory.NetworkView;
import io.allium.testing.ManualTime;
import io.allium.testing.SeededEntropy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Requests that come as far as to the choice of their way. */
class AnonymousDirectoryTest {
    private static final HttpMessage.Request REQUEST = HttpMessage.Request.get("/tor/");

    private final ManualTime time = new ManualTime();
    private final SeededEntropy entropy = new SeededEntropy(3);

    @Test
    void otherOptionsHoldForTheNextRequest() throws Exception {
        NetworkView view = TestNetwork.of(2, 2).view();
        ClientOptions options = TestNetwork.options();
        GuardSet guards = new GuardSet(time, entropy, Log.NONE, options, GuardEvents.NONE, List.of());
        guards.update(view);
        try (ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
                Channels channels =
                        new Channels(time, new SystemEntropy(), new Nowhere(), tasks, Log.NONE, ChannelEvents.NONE)) {
            CircuitBuilder builder = new CircuitBuilder(
                    time,
                    tasks,
                    channels,
                    new OriginCircuits(time, entropy, Log.NONE),
                    guards,
                    new BuildTimes(entropy, Log.NONE, told -> {}),
                    new BootstrapReport(time, Log.NONE, DirectoryEvents.NONE),
                    CircuitEvents.NONE);
            AnonymousDirectory directory = new AnonymousDirectory(
                    time,
                    entropy,
                    builder,
                    guards,
                    () -> Optional.of(view),
                    new StreamBook(time, StreamEvents.NONE),
                    options);
            assertThatThrownBy(() -> directory.exchange(TestNetwork.fingerprint(3), REQUEST))
                    .isInstanceOf(Unreachable.class)
                    .hasMessageContaining(Nowhere.WHY);
            directory.configure(ClientOptions.builder(List.of(), List.of())
                    .excludeNodes(RelaySet.parse("r0,r1,r2"))
                    .build());
            assertThatThrownBy(() -> directory.exchange(TestNetwork.fingerprint(3), REQUEST))
                    .isInstanceOf(Unreachable.class)
                    .hasMessageNotContaining(Nowhere.WHY);
            assertThat(guards.attempts()).isZero();
        }
    }

    /** A machine that reaches nobody. */
    private static final class Nowhere implements Network {
        static final String WHY = "the cable is out";

        @Override
        public Wire dial(Endpoint to, Duration patience) throws Unreachable {
            throw new Unreachable(WHY);
        }

        @Override
        public Wire dialFrom(@Nullable Endpoint from, Endpoint to, Duration patience) throws Unreachable {
            throw new Unreachable(WHY);
        }

        @Override
        public Listener listen(Endpoint at) throws LocalFailure {
            throw new LocalFailure(WHY);
        }

        @Override
        public Listener listen(Path at) throws LocalFailure {
            throw new LocalFailure(WHY);
        }

        @Override
        public Poller poller() {
            return new SystemNetwork().poller();
        }
    }
}
