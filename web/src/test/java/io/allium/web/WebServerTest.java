package io.allium.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.testing.RecordedLog;
import io.allium.testing.Waiting;
import io.allium.web.Visitor.Answer;
import io.allium.web.Visitor.Host;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class WebServerTest {
    private final Handler echo = (request, body) -> {
        byte[] buffer = new byte[100];
        int count = body.read(buffer, 0, buffer.length);
        return Response.sentence(200, request.target() + " " + count);
    };

    @Test
    void requestsFollowEachOtherOnOneConnection() throws Exception {
        try (Host host = new Host(echo);
                Visitor visitor = host.visitor()) {
            visitor.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(visitor.answer().text()).isEqualTo("/1 -1\n");
            assertThat(visitor.answer().text()).isEqualTo("/2 -1\n");
            visitor.send("HEAD /3 HTTP/1.1\r\nHost: x\r\n\r\nGET /4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(visitor.answer(true).headers()).containsEntry("content-length", "6");
            Answer last = visitor.answer();
            assertThat(last.text()).isEqualTo("/4 -1\n");
            assertThat(last.headers()).containsEntry("connection", "close");
            assertThat(visitor.isEnded()).isTrue();
        }
    }

    @Test
    void neitherClockNorNameIsTold() throws Exception {
        try (Host host = new Host(echo)) {
            assertThat(host.get("/").headers())
                    .doesNotContainKeys("date", "server")
                    .containsEntry("x-content-type-options", "nosniff")
                    .containsEntry("referrer-policy", "no-referrer");
        }
    }

    @Test
    void whatIsNoRequestIsAnsweredAndEnded() throws Exception {
        try (Host host = new Host(echo);
                Visitor visitor = host.visitor()) {
            visitor.send("EHLO mail\r\n\r\n" + "x".repeat(100_000));
            assertThat(visitor.answer().status()).isEqualTo(400);
            assertThat(visitor.isEnded()).isTrue();
        }
    }

    @Test
    void aBodyThatNobodyWantsEndsTheConnectionAfterTheAnswer() throws Exception {
        try (Host host = new Host((request, body) -> Response.notAllowed("GET"));
                Visitor visitor = host.visitor()) {
            visitor.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n" + "x".repeat(300_000));
            assertThat(visitor.answer().status()).isEqualTo(405);
            assertThat(visitor.isEnded()).isTrue();
        }
    }

    @Test
    void whoExpectsToBeInvitedIsNotWhereNobodyWantsTheBody() throws Exception {
        String head = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
        try (Host host = new Host(echo);
                Visitor visitor = host.visitor()) {
            visitor.send(head);
            assertThat(visitor.answer().status()).isEqualTo(100);
            visitor.send("abc");
            assertThat(visitor.answer().text()).isEqualTo("/ 3\n");
        }
        try (Host host = new Host((request, body) -> Response.notFound());
                Visitor visitor = host.visitor()) {
            visitor.send(head);
            assertThat(visitor.answer().status()).isEqualTo(404);
        }
    }

    @Test
    void oneMoreTakesThePlaceOfWhoHasSaidNothingForLongest() throws Exception {
        CountDownLatch busy = new CountDownLatch(2);
        CountDownLatch goOn = new CountDownLatch(1);
        Handler slow = (request, body) -> {
            busy.countDown();
            try {
                goOn.await();
            } catch (InterruptedException ended) {
                throw new IOException(ended);
            }
            return Response.sentence(200, "done");
        };
        try (Host host = new Host(slow, 3)) {
            List<Visitor> working = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Visitor visitor = host.visitor();
                visitor.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                working.add(visitor);
            }
            busy.await();
            Visitor silent = host.visitor();
            Visitor late = host.visitor();
            assertThat(silent.isEnded()).isTrue();
            goOn.countDown();
            late.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(late.answer().status()).isEqualTo(200);
            for (Visitor visitor : working) {
                assertThat(visitor.answer().status()).isEqualTo(200);
                visitor.close();
            }
            late.close();
            silent.close();
        }
    }

    @Test
    void whatThisMachineCannotDoIsToldAndWhatVisitorsDoIsNot() throws Exception {
        RecordedLog log = new RecordedLog();
        Handler failing = (request, body) -> {
            if (request.target().equals("/full")) {
                throw new IOException("No space left on device");
            }
            return Response.sentence(200, "x".repeat(8 << 20));
        };
        try (Host host = new Host(failing, 3, log)) {
            try (Visitor leaving = host.visitor()) {
                leaving.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                leaving.some(100);
            }
            Waiting.until(() -> host.server.visitors() == 0);
            try (Visitor visitor = host.visitor()) {
                visitor.send("GET /full HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(visitor.isEnded()).isTrue();
            }
            Waiting.until(() -> host.server.visitors() == 0);
        }
        assertThat(log.lines())
                .filteredOn(line -> line.startsWith("WARN"))
                .containsExactly("WARN A visitor could not be served: No space left on device");
    }

    @Test
    void aServerThatEndsBreaksOffWhatGoesOn() throws Exception {
        try (Host host = new Host(echo);
                Visitor visitor = host.visitor()) {
            visitor.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            visitor.answer();
            host.server.close();
            assertThat(visitor.isEnded()).isTrue();
        }
    }
}
