package io.allium.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.Tasks;
import io.allium.base.ThreadTasks;
import io.allium.cell.BeginFlags;
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

/** What becomes of streams to servers that do not read when the exit's memory is full. */
@Timeout(300)
class ExitMemoryTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Less than a stream's window. */
    private static final int WRITTEN = 240_000;

    /** Room for two streams that have written as much, and not for three but for the spare part, while the oldest is ended. */
    private static final long MEMORY = 720_000;

    @Test
    void theStreamEndsWhoseDataHasWaitedLongestAndNotItsCircuit(@TempDir Path home) throws Exception {
        SystemTime time = new SystemTime();
        Tasks tasks = new ThreadTasks(Log.NONE, 2);
        try (TestRelay middle = new TestRelay(home.resolve("middle"), time, tasks, false);
                TestRelay exit = new TestRelay(home.resolve("exit"), time, tasks, true, new StuckServers());
                Channels client = new Channels(
                        time, new SystemEntropy(), new SystemNetwork(), tasks, Log.NONE, ChannelEvents.NONE)) {
            exit.configure(new ChannelOptions(
                    ChannelOptions.PRIORITY_HALF_LIFE,
                    MEMORY,
                    Rate.UNLIMITED,
                    Rate.UNLIMITED,
                    Rate.UNLIMITED,
                    ChannelOptions.REFILL,
                    false));
            OriginCircuit circuit = new OriginCircuits(time, new SystemEntropy(), Log.NONE)
                    .open(1, client.to(middle.target(), PATIENCE), middle.hop(true), FlowParameters.DEFAULT, PATIENCE);
            circuit.extend(exit.hop(true), PATIENCE);
            List<OnionStream> streams = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                OnionStream stream = circuit.connect(StuckServers.ADDRESS, 80, BeginFlags.NONE, PATIENCE);
                streams.add(stream);
                assertThat(streams).allSatisfy(each -> assertThat(each.ended()).isEmpty());
                stream.write(new byte[WRITTEN]);
            }
            assertThatThrownBy(() -> streams.get(0).read(new byte[10], 0, 10))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the exit ended the stream: RESOURCELIMIT");
            circuit.connectDirectory(PATIENCE).close(); // by its answer, whatever else was sent has come
            assertThat(streams.get(1).ended()).isEmpty();
            assertThat(streams.get(2).ended()).isEmpty();
            circuit.close();
        }
    }
}
