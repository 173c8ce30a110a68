package io.allium.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.ThreadTasks;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionCommandsTest {
    private static final String REFUSED = "551 These values are too long for one answer\r\n";

    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);

    @AfterEach
    void close() {
        tasks.close();
    }

    @Test
    void valuesThatAreTooLongTogetherAreRefused() throws Exception {
        int half = ControlReply.VALUES_MAX / 2 - "a=".length();
        assertThat(getInfo("a b", half, half)).startsWith("250-a=.").endsWith("\r\n250 OK\r\n");
        assertThat(getInfo("a b", half, half + 1)).isEqualTo(REFUSED);
        assertThat(getInfo("a ".repeat(12_000), half, 0)).isEqualTo(REFUSED);
    }

    @Test
    void aSingleValueIsToldWhateverItsLength() throws Exception {
        assertThat(getInfo("a", ControlReply.VALUES_MAX + 1, 0)).endsWith(".\r\n250 OK\r\n");
        assertThat(getInfo("a b", ControlReply.VALUES_MAX + 1, 0)).isEqualTo(REFUSED);
    }

    /** What is answered where {@code a} and {@code b} have values of these lengths. */
    private String getInfo(String keys, int a, int b) throws Exception {
        ControlCatalogue catalogue = ControlCatalogue.of(List.of(
                made -> made.key("a", "Dots.", () -> ".".repeat(a)).key("b", "Dots.", () -> ".".repeat(b))));
        ControlSession session = new ControlSession(
                new LeavingWire("", true),
                "0.4.9.11",
                () -> ControlAuthentication.withPasswords(List.of(), new SystemEntropy()),
                catalogue,
                new ControlEvents(),
                tasks,
                Log.NONE);
        return catalogue
                .perform(new ControlCommand("GETINFO", keys, ""), session)
                .toString();
    }
}
