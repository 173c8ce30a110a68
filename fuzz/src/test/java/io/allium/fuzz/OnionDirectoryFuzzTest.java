package io.allium.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.ThreadTasks;
import io.allium.base.Time;
import io.allium.channel.Backlog;
import io.allium.directory.HttpHeaders;
import io.allium.directory.Parameters;
import io.allium.relay.DirectoryQuery;
import io.allium.relay.DirectoryReply;
import io.allium.relay.OnionDirectory;
import io.allium.relay.OnionStatistics;
import io.allium.testing.ManualTime;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What hidden service directories are asked for, and what is posted to them. */
class OnionDirectoryFuzzTest {
    private static final DirectoryQuery.Asker ASKER = new DirectoryQuery.Asker(Optional.empty(), true, true);

    /** So that a descriptor of C tor's that lies among the inputs stays valid. */
    private static final Time TIME = new ManualTime(OnionSample.NOW);

    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final OnionDirectory directory = new OnionDirectory(
            TIME,
            tasks,
            Log.NONE,
            () -> Parameters.STANDARD,
            new OnionStatistics(TIME, new SystemEntropy(), false, OnionStatistics.Memory.NONE),
            1 << 20,
            new Backlog(1 << 22, TIME, tasks, Log.NONE),
            true);

    @AfterEach
    void stop() {
        tasks.close();
    }

    @Test
    void whatCTorPublishesReachesTheStore() throws Exception {
        try (InputStream in = Objects.requireNonNull(OnionDirectoryFuzzTest.class.getResourceAsStream(
                "OnionDirectoryFuzzTestInputs/onionDirectory/publish"))) {
            assertThat(answer(DirectoryQuery.Method.POST, in.readAllBytes()).status())
                    .isEqualTo(200);
        }
    }

    /** A line with the path, and then what is posted. */
    @FuzzTest
    void onionDirectory(byte[] input) throws InterruptedException {
        for (DirectoryQuery.Method method : DirectoryQuery.Method.values()) {
            DirectoryReply reply = answer(method, input);
            if (!List.of(200, 400, 404).contains(reply.status())) {
                throw new IllegalStateException("answers " + reply.status());
            }
        }
    }

    private DirectoryReply answer(DirectoryQuery.Method method, byte[] input) throws InterruptedException {
        int end = 0;
        while (end < input.length && input[end] != '\n') {
            end++;
        }
        String path = new String(input, 0, end, StandardCharsets.ISO_8859_1);
        byte[] body = Arrays.copyOfRange(input, Math.min(end + 1, input.length), input.length);
        return directory
                .answer(new DirectoryQuery(method, path, HttpHeaders.NONE, body, ASKER))
                .orElseGet(DirectoryReply::notFound);
    }
}
