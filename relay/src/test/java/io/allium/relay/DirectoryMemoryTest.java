package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.channel.ChannelEvents;
import io.allium.channel.ChannelOptions;
import io.allium.channel.ChannelOptions.Rate;
import io.allium.channel.Channels;
import io.allium.circuit.FlowParameters;
import io.allium.circuit.OnionStream;
import io.allium.circuit.OriginCircuit;
import io.allium.circuit.OriginCircuits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of streams to our directory on which nothing moves when memory is full. */
@Timeout(300)
class DirectoryMemoryTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int STREAMS = 5;

    @Test
    void theStreamEndsOnWhichNothingHasMovedForLongest(@TempDir Path home) throws Exception {
        SystemTime time = new SystemTime();
        Tasks tasks = new ThreadTasks(Log.NONE, 2);
        try (TestRelay relay = new TestRelay(home, time, tasks, true);
                Channels client = new Channels(
                        time, new SystemEntropy(), new SystemNetwork(), tasks, Log.NONE, ChannelEvents.NONE)) {
            relay.configure(new ChannelOptions(
                    ChannelOptions.PRIORITY_HALF_LIFE,
                    STREAMS * ExitStream.DIRECTORY_BYTES + ExitStream.DIRECTORY_BYTES / 2, // and for cells on their way
                    Rate.UNLIMITED,
                    Rate.UNLIMITED,
                    Rate.UNLIMITED,
                    ChannelOptions.REFILL,
                    false));
            OriginCircuit circuit = new OriginCircuits(time, new SystemEntropy(), Log.NONE)
                    .open(1, client.to(relay.target(), PATIENCE), relay.hop(true), FlowParameters.DEFAULT, PATIENCE);
            List<OnionStream> silent = new ArrayList<>();
            for (int i = 0; i <= STREAMS; i++) {
                assertThat(silent).allSatisfy(each -> assertThat(each.ended()).isEmpty());
                silent.add(circuit.connectDirectory(PATIENCE));
            }
            assertThatThrownBy(() -> silent.getFirst().read(new byte[10], 0, 10))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the exit ended the stream: RESOURCELIMIT");
            assertThat(silent.getLast().ended()).isEmpty();
            assertThat(circuit.isOpen()).isTrue();
            circuit.close();
        }
    }
}
