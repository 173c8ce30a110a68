package io.allium.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import io.allium.base.SystemEntropy;
import io.allium.web.Visitor.Answer;
import io.allium.web.Visitor.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboxTest {
    private static final int SIZE_MAX = 3 << 20;

    @TempDir
    Path folder;

    private final List<Path> received = new CopyOnWriteArrayList<>();
    private volatile long free = Long.MAX_VALUE / 2;
    private Inbox inbox;
    private Host host;

    @BeforeEach
    void open() throws Exception {
        inbox = new Inbox(folder.resolve("in"), SIZE_MAX, any -> free, new SystemEntropy(), received::add);
        host = new Host(inbox);
    }

    @AfterEach
    void close() throws Exception {
        host.close();
        inbox.close();
    }

    @Test
    void aFormBringsFilesAndThePageSaysWhich() throws Exception {
        assertThat(host.get("/").text()).contains("<form method=\"post\"", "3.1 MB at most");
        Answer answer = post(file("a.txt", "one") + file("<b>.txt", "two") + field("comment", "hi") + file("", ""));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).contains("<li>a.txt</li>", "<li>_b_.txt</li>").doesNotContain("<b>");
        assertThat(folder.resolve("in/a.txt")).hasContent("one");
        assertThat(folder.resolve("in/_b_.txt")).hasContent("two");
        assertThat(received)
                .extracting(Path::getFileName)
                .extracting(Path::toString)
                .containsExactly("a.txt", "_b_.txt");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("in/a.txt"))))
                .isEqualTo("rw-------");
        assertThat(host.get("/a.txt").status()).isEqualTo(404);
    }

    @Test
    void aFileCanBePutToo() throws Exception {
        Answer answer = host.ask(
                "PUT /my%20file.bin HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n",
                "3\r\nabc\r\n0\r\n\r\n".getBytes(UTF_8));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(folder.resolve("in/my file.bin")).hasContent("abc");
        assertThat(host.ask("PUT /a/b HTTP/1.1\nHost: x\nContent-Length: 0\n\n").status())
                .isEqualTo(405);
        assertThat(host.ask("DELETE /my%20file.bin HTTP/1.1\nHost: x\n\n").status())
                .isEqualTo(405);
    }

    @Test
    void nothingIsReplaced() throws Exception {
        Files.writeString(folder.resolve("in/a.txt"), "mine");
        for (String text : List.of("one", "two")) {
            assertThat(post(file("a.txt", text)).status()).isEqualTo(200);
        }
        assertThat(folder.resolve("in/a.txt")).hasContent("mine");
        assertThat(folder.resolve("in/a (2).txt")).hasContent("one");
        assertThat(folder.resolve("in/a (3).txt")).hasContent("two");
        Files.createSymbolicLink(folder.resolve("in/link"), folder.resolve("target"));
        assertThat(post(file("link", "x")).status()).isEqualTo(200);
        assertThat(folder.resolve("target")).doesNotExist();
        assertThat(folder.resolve("in/link (2)")).hasContent("x");
    }

    @Test
    void namesLeadNowhere() throws Exception {
        for (String name : List.of("../up", "/etc/cron.d/x", "..\\\\up2", "..", ".bashrc", "a\u0000b", "a/../../up3")) {
            assertThat(post(file(name, "x")).status()).as(name).isIn(200, 400);
        }
        assertThat(files(folder)).containsExactly("in");
        assertThat(files(folder.resolve("in"))).containsExactlyInAnyOrder("up", "x", "up2", "file", "bashrc", "up3");
    }

    @Test
    void aFileThatIsCutOffIsNotKept() throws Exception {
        String body =
                file("whole.txt", "whole") + "--XX\r\nContent-Disposition: form-data; filename=\"cut.txt\"\r\n\r\nhalf";
        try (Visitor visitor = host.visitor()) {
            visitor.send("POST / HTTP/1.1\r\nHost: x\r\n" + TYPE + "Content-Length: 100000\r\n\r\n" + body);
            visitor.finish();
            assertThat(visitor.answer().status()).isEqualTo(400);
        }
        assertThat(files(folder.resolve("in"))).containsExactly("whole.txt");
        try (Visitor visitor = host.visitor()) {
            visitor.send("PUT /cut HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nhalf");
            visitor.finish();
            assertThat(visitor.answer().status()).isEqualTo(400);
        }
        assertThat(files(folder.resolve("in"))).containsExactly("whole.txt");
    }

    @Test
    void whatStillComesAtTheEndIsNotKept() throws Exception {
        Visitor visitor = host.visitor();
        visitor.send("PUT /cut HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n");
        assertThat(visitor.answer().status()).isEqualTo(100);
        assertThat(files(folder.resolve("in"))).singleElement().asString().startsWith(".incoming-");
        inbox.close();
        assertThat(files(folder.resolve("in"))).isEmpty();
        host.server.close();
        visitor.close();
    }

    @Test
    void tooMuchIsRefusedAtOnceOrWhenItShows() throws Exception {
        Answer told = host.ask("PUT /a HTTP/1.1\nHost: x\nContent-Length: 99999999\nExpect: 100-continue\n\n");
        assertThat(told.status()).isEqualTo(413);
        assertThat(told.text()).contains("3.1 MB at most");
        StringBuilder chunks = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            chunks.append("100000\r\n").append("x".repeat(1 << 20)).append("\r\n");
        }
        Answer shown = host.ask(
                "PUT /a HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n",
                chunks.toString().getBytes(UTF_8));
        assertThat(shown.status()).isEqualTo(413);
        assertThat(post(file("a", "x".repeat(2 << 20)) + file("b", "x".repeat(3 << 19)))
                        .status())
                .isEqualTo(413);
        assertThat(files(folder.resolve("in"))).containsExactly("a"); // the first file of the form, which fitted
        assertThat(folder.resolve("in/a")).hasSize(2 << 20);
    }

    @Test
    void theDiskIsNotFilled() throws Exception {
        free = Inbox.RESERVE + 10;
        assertThat(host.ask("PUT /a HTTP/1.1\nHost: x\nContent-Length: 11\n\n", "hello world".getBytes(UTF_8))
                        .status())
                .isEqualTo(507);
        assertThat(host.ask(
                                "PUT /a HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n",
                                "1\r\na\r\n0\r\n\r\n".getBytes(UTF_8))
                        .status())
                .isEqualTo(507);
        assertThat(files(folder.resolve("in"))).isEmpty();
    }

    @Test
    void theReserveStaysWhateverAllVisitorsWriteBetweenTwoLooks() throws Exception {
        assertThat(Inbox.ROOM_MIN - Inbox.COMING_MAX * (long) Inbox.LOOK_EVERY).isEqualTo(Inbox.RESERVE);
        String put = "PUT /a HTTP/1.1\nHost: x\nContent-Length: 11\n\n";
        free = Inbox.ROOM_MIN + 10;
        assertThat(host.ask(put, "hello world".getBytes(UTF_8)).status()).isEqualTo(507);
        free = Inbox.ROOM_MIN + 11;
        assertThat(host.ask(put, "hello world".getBytes(UTF_8)).status()).isEqualTo(201);

        AtomicInteger looks = new AtomicInteger();
        Inbox.Space filling = any -> looks.incrementAndGet() <= 2 ? Inbox.ROOM_MIN : Inbox.ROOM_MIN - 1;
        try (Inbox other = new Inbox(folder.resolve("other"), SIZE_MAX, filling, new SystemEntropy(), received::add);
                Host at = new Host(other)) {
            String chunk = Integer.toHexString(Inbox.LOOK_EVERY) + "\r\n" + "x".repeat(Inbox.LOOK_EVERY) + "\r\n";
            assertThat(at.ask(
                                    "PUT /a HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n",
                                    (chunk + "1\r\na\r\n0\r\n\r\n").getBytes(UTF_8))
                            .status())
                    .isEqualTo(507);
            assertThat(files(folder.resolve("other"))).isEmpty();
        }
    }

    @Test
    void onlySoManyFilesAreTakenInAll() throws Exception {
        String put = "PUT /a HTTP/1.1\nHost: x\nContent-Length: 0\n\n";
        try (Inbox small = new Inbox(
                        folder.resolve("small"), SIZE_MAX, 2, any -> free, new SystemEntropy(), received::add);
                Host at = new Host(small)) {
            assertThat(at.ask(put).status()).isEqualTo(201);
            assertThat(at.ask(put).status()).isEqualTo(201);
            assertThat(at.ask(put).status()).isEqualTo(507);
            assertThat(files(folder.resolve("small"))).containsExactly("a", "a (2)");
        }
    }

    @Test
    void aFileThatCannotGetItsNameLeavesNoneBehind() throws Exception {
        try (Visitor visitor = host.visitor()) {
            visitor.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
            assertThat(visitor.answer().status()).isEqualTo(100);
            for (String partial : files(folder.resolve("in"))) {
                Files.delete(folder.resolve("in").resolve(partial));
            }
            visitor.send("x");
            assertThat(visitor.isEnded()).isTrue();
        }
        assertThat(files(folder.resolve("in"))).isEmpty();
    }

    @Test
    void onlySoManyComeAtOnce() throws Exception {
        List<Visitor> visitors = new CopyOnWriteArrayList<>();
        for (int i = 0; i < Inbox.COMING_MAX; i++) {
            Visitor visitor = host.visitor();
            visitor.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
            assertThat(visitor.answer().status()).isEqualTo(100);
            visitors.add(visitor);
        }
        assertThat(host.ask("PUT /a HTTP/1.1\nHost: x\nContent-Length: 1\n\n", new byte[1])
                        .status())
                .isEqualTo(507);
        for (Visitor visitor : visitors) {
            visitor.send("x");
            assertThat(visitor.answer().status()).isEqualTo(201);
            visitor.close();
        }
        assertThat(files(folder.resolve("in"))).hasSize(Inbox.COMING_MAX).contains("a", "a (64)");
    }

    @Test
    void otherFormsAreNotTaken() throws Exception {
        assertThat(host.ask("POST / HTTP/1.1\nHost: x\nContent-Type: text/plain\nContent-Length: 1\n\n", new byte[1])
                        .status())
                .isEqualTo(415);
    }

    @Test
    void aFolderMustBeOurs() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> new Inbox(file, 1, any -> 0, new SystemEntropy(), received::add))
                .isInstanceOf(LocalFailure.class);
    }

    private static final String TYPE = "Content-Type: multipart/form-data; boundary=XX\r\n";

    private static String file(String name, String text) {
        return "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n" + text
                + "\r\n";
    }

    private static String field(String name, String text) {
        return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + text + "\r\n";
    }

    private Answer post(String parts) throws IOException {
        byte[] body = (parts + "--XX--\r\n").getBytes(ISO_8859_1);
        return host.ask(
                "POST / HTTP/1.1\n" + "Host: x\n" + TYPE.replace("\r", "") + "Content-Length: " + body.length + "\n\n",
                body);
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
