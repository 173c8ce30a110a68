package io.allium.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.base.Time;
import io.allium.directory.HttpHeaders;
import io.allium.directory.Parameters;
import io.allium.relay.DirectoryQuery;
import io.allium.relay.DirectoryReply;
import io.allium.relay.OnionDirectory;
import io.allium.relay.OnionStatistics;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What hidden service directories are asked for, and what is posted to them. */
class OnionDirectoryFuzzTest {
    private static final DirectoryQuery.Asker ASKER = new DirectoryQuery.Asker(Optional.empty(), true, true);

    private static final Time TIME = new SystemTime();

    private final OnionDirectory directory = new OnionDirectory(
            TIME,
            new ThreadTasks(Log.NONE, 1),
            Log.NONE,
            () -> Parameters.STANDARD,
            new OnionStatistics(TIME, new SystemEntropy(), false),
            1 << 20,
            true);

    /** A line with the path, and then what is posted. */
    @FuzzTest
    void onionDirectory(byte[] input) throws InterruptedException {
        int end = 0;
        while (end < input.length && input[end] != '\n') {
            end++;
        }
        String path = new String(input, 0, end, StandardCharsets.ISO_8859_1);
        byte[] body = Arrays.copyOfRange(input, Math.min(end + 1, input.length), input.length);
        for (DirectoryQuery.Method method : DirectoryQuery.Method.values()) {
            DirectoryReply reply = directory
                    .answer(new DirectoryQuery(method, path, HttpHeaders.NONE, body, ASKER))
                    .orElseGet(DirectoryReply::notFound);
            if (!List.of(200, 400, 404).contains(reply.status())) {
                throw new IllegalStateException("answers " + reply.status());
            }
        }
    }
}
