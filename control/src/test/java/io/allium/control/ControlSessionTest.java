package io.allium.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.base.Log;
import io.allium.base.SystemEntropy;
import io.allium.base.ThreadTasks;
import io.allium.testing.RecordedLog;
import io.allium.testing.Waiting;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlSessionTest {
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final RecordedLog log = new RecordedLog();
    private final ControlEvents events = new ControlEvents();
    private final CompletableFuture<Boolean> gone = new CompletableFuture<>();

    @AfterEach
    void close() {
        tasks.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoLeavesOrReadsNoMoreWhileEventsPourInLeavesNothingBehind(boolean leaves) throws Exception {
        LeavingWire wire = new LeavingWire("AUTHENTICATE\r\nSETEVENTS ADDRMAP\r\nTAKEOWNERSHIP\r\nPOUR\r\n", leaves);
        CompletableFuture<Boolean> owned = run(
                wire,
                catalogue -> catalogue.command("POUR", (command, session) -> {
                    session.whenGone(() -> gone.complete(true));
                    pour(session, wire);
                    return ControlReply.ok();
                }));

        assertThat(gone.get(1, TimeUnit.MINUTES)).isTrue();
        assertThat(owned.get(1, TimeUnit.MINUTES)).isTrue();
        assertThat(events.wanted(ControlEvent.ADDRMAP)).isFalse();
        assertThat(log.lines()).isEmpty();
    }

    /** Tells events until the connection is closed, and then as many as would fill the queue again. */
    private static void pour(ControlSession session, LeavingWire wire) {
        byte[] event = ControlReply.of(ControlReply.EVENT, "ADDRMAP a b").toBytes();
        for (int i = 0; i < 3 * ControlSession.QUEUE_MAX; i++) {
            session.enqueue(event);
        }
        Waiting.until(wire::isClosed);
        for (int i = 0; i < 3 * ControlSession.QUEUE_MAX; i++) {
            session.enqueue(event);
        }
    }

    @Test
    void aBugBehindAReplyIsToldAndTheControllerStays() throws Exception {
        LeavingWire wire = new LeavingWire("AUTHENTICATE\r\nFAIL\r\nTAKEOWNERSHIP\r\nQUIT\r\n", false);

        boolean owned = run(wire, catalogue -> catalogue.command("FAIL", ControlSessionTest::failing))
                .get(1, TimeUnit.MINUTES);

        assertThat(owned).isTrue();
        assertThat(wire.heard()).isEqualTo("250 OK\r\n250 OK\r\n250 OK\r\n250 closing connection\r\n");
        assertThat(log.lines())
                .containsExactly("ERR A controller's FAIL met a bug: java.lang.IllegalStateException: broken");
    }

    private static ControlReply failing(ControlCommand command, ControlSession session) {
        return ControlReply.ok().afterwards(() -> {
            throw new IllegalStateException("broken");
        });
    }

    private CompletableFuture<Boolean> run(LeavingWire wire, ControlPart part) {
        CompletableFuture<Boolean> owned = new CompletableFuture<>();
        ControlSession session = session(wire, part);
        tasks.fork("session", () -> owned.complete(session.run()));
        return owned;
    }

    private ControlSession session(LeavingWire wire, ControlPart part) {
        return new ControlSession(
                wire,
                "0.4.9.11",
                () -> ControlAuthentication.withPasswords(List.of(), new SystemEntropy()),
                ControlCatalogue.of(List.of(part)),
                events,
                tasks,
                log);
    }
}
