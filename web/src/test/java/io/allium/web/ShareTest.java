package io.allium.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.allium.testing.ManualTime;
import io.allium.testing.Waiting;
import io.allium.web.Visitor.Answer;
import io.allium.web.Visitor.Host;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShareTest {
    /** More than sockets hold between two ends. */
    private static final int LARGE = 8 << 20;

    @TempDir
    Path folder;

    private final ManualTime time = new ManualTime();

    @Test
    void aFileIsHandedOverOnceAndThenGone() throws Exception {
        Share share = share(1, file("a b.txt", "hello".getBytes()));
        try (Host host = new Host(share)) {
            assertThat(host.get("/").text()).contains("<a href=\"./a%20b.txt\">Download a b.txt</a> (5 bytes)");
            assertThat(host.ask("HEAD /a%20b.txt HTTP/1.1\nHost: x\n\n").headers())
                    .containsEntry("content-length", "5")
                    .containsEntry(
                            "content-disposition", "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt");
            assertThat(share.isOver(0)).isFalse();
            assertThat(host.get(share.path()).text()).isEqualTo("hello");
            awaitCompleted(share, 1);
            assertThat(host.get(share.path()).status()).isEqualTo(410);
            assertThat(host.get("/").text()).contains("is gone");
        }
    }

    @Test
    void itIsOverOnceNobodyHasBeenThereForAWhile() throws Exception {
        Share share = share(1, file("a", new byte[10]));
        try (Host host = new Host(share)) {
            host.get("/a");
            awaitCompleted(share, 1);
            assertThat(share.isOver(0)).isFalse();
            time.pass(Share.QUIET.minusSeconds(1));
            assertThat(share.isOver(1)).isFalse(); // the visitor reads on
            time.pass(Share.QUIET.minusSeconds(1));
            assertThat(share.isOver(0)).isFalse();
            time.pass(Share.QUIET);
            assertThat(share.isOver(0)).isTrue();
        }
    }

    @Test
    void whoKeepsAConnectionOpenKeepsNoAddress() throws Exception {
        Share share = share(1, file("a", new byte[10]));
        try (Host host = new Host(share)) {
            host.get("/a");
            awaitCompleted(share, 1);
            time.pass(Share.LINGER);
            assertThat(share.isOver(5)).isTrue();
        }
    }

    @Test
    void twoMayDownloadAtOnceAndTheSecondMayFinish() throws Exception {
        byte[] content = bytes(LARGE);
        Share share = share(1, file("large", content));
        try (Host host = new Host(share);
                Visitor first = host.visitor();
                Visitor second = host.visitor()) {
            for (Visitor visitor : List.of(first, second)) {
                visitor.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
                visitor.some(100);
            }
            Answer refused;
            drain(first);
            awaitCompleted(share, 1);
            refused = host.get("/large");
            assertThat(refused.status()).isEqualTo(410);
            time.pass(Share.LINGER);
            assertThat(share.isOver(1)).isFalse();
            drain(second);
            awaitCompleted(share, 2);
            time.pass(Share.LINGER);
            assertThat(share.isOver(0)).isTrue();
        }
    }

    @Test
    void aDownloadThatBreaksOffIsResumed() throws Exception {
        byte[] content = bytes(LARGE);
        Share share = share(1, file("large", content));
        try (Host host = new Host(share)) {
            byte[] got;
            String tag;
            try (Visitor visitor = host.visitor()) {
                visitor.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
                String head = "";
                while (!head.endsWith("\r\n\r\n")) {
                    head += (char) visitor.some(1)[0];
                }
                tag = head.replaceAll("(?s).*ETag: (\\S+).*", "$1");
                got = visitor.some(100_000);
            }
            awaitActive(share, 0);
            assertThat(share.progress().completed()).isZero();
            Answer rest = host.get("/large", "Range: bytes=100000-", "If-Range: " + tag);
            assertThat(rest.status()).isEqualTo(206);
            byte[] all = Arrays.copyOf(got, LARGE);
            System.arraycopy(rest.body(), 0, all, 100_000, rest.body().length);
            assertThat(all).isEqualTo(content);
            awaitCompleted(share, 1);
            assertThat(host.get("/large").status()).isEqualTo(410);
            assertThat(host.get("/large", "Range: bytes=" + (LARGE - 10) + "-").status())
                    .isEqualTo(206); // the last bytes got lost
            time.pass(Share.LINGER);
            assertThat(host.get("/large", "Range: bytes=5-").status()).isEqualTo(410);
        }
    }

    @Test
    void whoComesLaterGetsNoWholeFileHoweverTheyAsk() throws Exception {
        Share share = share(1, file("large", bytes((int) Share.LATE_MAX / 2 + 2)));
        try (Host host = new Host(share)) {
            host.get("/large");
            awaitCompleted(share, 1);
            time.pass(Share.LINGER.minusSeconds(2));
            assertThat(host.get("/large", "Range: bytes=0-").status()).isEqualTo(410);
            assertThat(host.get("/large", "Range: bytes=0-9").status()).isEqualTo(410);
            assertThat(host.get("/large", "Range: bytes=1-").status()).isEqualTo(206);
            awaitActive(share, 0);
            assertThat(host.get("/large", "Range: bytes=1-").status())
                    .as("all that may be lost was sent again")
                    .isEqualTo(410);
            assertThat(host.get("/large", "Range: bytes=-10").status()).isEqualTo(206);
            awaitActive(share, 0);
            assertThat(share.progress().completed()).isEqualTo(1);
            time.pass(Duration.ofSeconds(2));
            assertThat(host.get("/large", "Range: bytes=-10").status())
                    .as("nothing made the time longer")
                    .isEqualTo(410);
            assertThat(share.isOver(1)).isTrue();
        }
    }

    @Test
    void aLookAtTheLastBytesIsNoDownload() throws Exception {
        Share share = share(1, file("a", bytes(1000)));
        try (Host host = new Host(share)) {
            assertThat(host.get("/a", "Range: bytes=-10").status()).isEqualTo(206);
            assertThat(host.get("/a", "Range: bytes=500-").status()).isEqualTo(206);
            assertThat(host.get("/a", "Range: bytes=1000-").status()).isEqualTo(416);
            awaitActive(share, 0);
            assertThat(share.progress().completed()).isZero();
            assertThat(host.get("/a", "Range: bytes=0-499").status()).isEqualTo(206);
            awaitCompleted(share, 1);
        }
    }

    @Test
    void aFileThatChangedBreaksOff() throws Exception {
        Path file = file("a", bytes(1000));
        Share share = share(1, file);
        try (Host host = new Host(share);
                Visitor visitor = host.visitor()) {
            Files.write(file, bytes(999));
            visitor.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
            org.assertj.core.api.Assertions.assertThatThrownBy(visitor::answer).hasMessageContaining("ended");
            awaitActive(share, 0);
            assertThat(share.progress().completed()).isZero();
            assertThat(share.failure())
                    .hasValueSatisfying(why -> assertThat(why).contains(file + " was changed"));
            assertThat(host.get("/a").text()).contains("changed meanwhile");
            assertThat(host.get("/").text()).contains("changed meanwhile").doesNotContain("<a ");
        }
    }

    @Test
    void aFileThatIsAnotherOfTheSameLengthOrGoneIsTold() throws Exception {
        Path other = file("a", bytes(1000));
        Path gone = file("b", bytes(1000));
        List<Share> shares = List.of(share(1, other), share(1, gone));
        Files.setLastModifiedTime(other, FileTime.fromMillis(1));
        Files.delete(gone);
        for (Share share : shares) {
            try (Host host = new Host(share);
                    Visitor visitor = host.visitor()) {
                visitor.send("GET " + share.path() + " HTTP/1.1\r\nHost: x\r\n\r\n");
                Waiting.until(() -> share.failure().isPresent());
            }
        }
    }

    @Test
    void aNameIsNoHeader() throws Exception {
        assertThat(Attachment.named("a\"\r\nSet-Cookie: b\u00e4\\%41"))
                .isEqualTo("attachment; filename=\"a___Set-Cookie: b___41\"; "
                        + "filename*=UTF-8''a%22%0D%0ASet-Cookie%3A%20b%C3%A4%5C%2541");
        Share share = share(1, file("a\"\r\nSet-Cookie: b", new byte[3]));
        try (Host host = new Host(share)) {
            assertThat(host.get(share.path()).headers()).doesNotContainKey("set-cookie");
        }
    }

    private Share share(int downloads, Path... files) throws Exception {
        return new Share(SharedFiles.of(List.of(files)), downloads, time);
    }

    private Path file(String name, byte[] content) throws Exception {
        return Files.write(folder.resolve(name), content);
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static void drain(Visitor visitor) throws Exception {
        visitor.some(LARGE);
    }

    /** What is written last is counted a moment after it has come. */
    private static void awaitCompleted(Share share, int count) {
        Waiting.until(() -> share.progress().completed() >= count);
    }

    private static void awaitActive(Share share, int count) {
        Waiting.until(() -> share.progress().active() == count);
    }
}
