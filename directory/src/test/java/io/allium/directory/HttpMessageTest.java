package io.allium.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ByteStream;
import io.allium.base.ProtocolViolation;
import io.allium.base.Untrusted;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HttpMessageTest {
    private static final ContentCoding[] CODINGS = {
        ContentCoding.DEFLATE, ContentCoding.GZIP, ContentCoding.ZSTD, ContentCoding.LZMA
    };

    @Test
    void aRequestComesBackAsItWasSent() throws Exception {
        HttpMessage.Request sent =
                HttpMessage.Request.post("/tor/", text("router x\n")).with("Accept-Encoding", "deflate, gzip");

        HttpMessage.Request read = HttpMessage.readRequest(new Canned(sent.encode(), 7));

        assertThat(read.method()).isEqualTo("POST");
        assertThat(read.target()).isEqualTo("/tor/");
        assertThat(read.headers().first("accept-encoding")).contains("deflate, gzip");
        assertThat(read.body()).isEqualTo(text("router x\n"));
    }

    @Test
    void aResponseWithoutLengthEndsWithItsConnection() throws Exception {
        HttpMessage.Response read =
                HttpMessage.readResponse(new Canned(text("HTTP/1.0 200 OK\r\nX: y\r\n\r\nall of it"), 3));

        assertThat(read.status()).isEqualTo(200);
        assertThat(read.document(100)).isEqualTo(text("all of it"));
    }

    @Test
    void aBodyCutShortIsAViolation() {
        assertThatThrownBy(() -> HttpMessage.readResponse(
                        new Canned(text("HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), 50)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("6 bytes early");
    }

    @Test
    void aHeadOverItsBoundIsAViolation() {
        String head = "GET / HTTP/1.0\r\n" + "X: yyyyyyyy\r\n".repeat(HttpMessage.HEAD_MAX / 13 + 1) + "\r\n";

        assertThatThrownBy(() -> HttpMessage.readRequest(new Canned(text(head), 4096)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("head of more than");
    }

    @Test
    void aBodyOverItsBoundIsAViolation() {
        byte[] head = text("HTTP/1.0 200 OK\r\n\r\n");
        byte[] all = java.util.Arrays.copyOf(head, head.length + HttpMessage.BODY_MAX + 1);

        assertThatThrownBy(() -> HttpMessage.readResponse(new Canned(all, 8192)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("body of more than");
    }

    @Test
    void whatIsOverAnAskersBoundIsNotReadToItsEnd() throws Exception {
        Canned announced = new Canned(text("HTTP/1.0 200 OK\r\nContent-Length: 101\r\n\r\n" + "x".repeat(101)), 50);
        assertThatThrownBy(() -> HttpMessage.readResponse(announced, 100))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("body of more than 100 bytes");
        assertThat(announced.read(new byte[1], 0, 1)).isEqualTo(1);

        Canned endless = new Canned(text("HTTP/1.0 200 OK\r\n\r\n" + "x".repeat(1000)), 50);
        assertThatThrownBy(() -> HttpMessage.readResponse(endless, 100))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("body of more than 100 bytes");
        assertThat(endless.read(new byte[1], 0, 1)).isEqualTo(1);

        byte[] atTheBound = text("HTTP/1.0 200 OK\r\n\r\n" + "x".repeat(100));
        assertThat(HttpMessage.readResponse(new Canned(atTheBound, 50), 100).body())
                .hasSize(100);
    }

    @Test
    void aTimeInAHeaderIsReadAsItIsWritten() {
        Instant time = Instant.parse("2026-11-20T09:08:07Z");
        HttpHeaders headers = HttpHeaders.NONE.with("Date", time);

        assertThat(headers.first("Date")).contains("Fri, 20 Nov 2026 09:08:07 GMT");
        assertThat(headers.time("date")).contains(time);
    }

    @Test
    void everyCodingDecodesWhatItEncoded() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int turn = 0; turn < 50; turn++) {
            byte[] plain = new byte[random.nextInt(100_000)];
            for (int i = 0; i < plain.length; i++) {
                plain[i] = (byte) random.nextInt(2 + turn);
            }
            for (ContentCoding coding : ContentCoding.values()) {
                assertThat(coding.decode(coding.encode(plain), 100_000))
                        .as("%s, seed %d", coding, seed)
                        .isEqualTo(plain);
            }
        }
    }

    @Test
    void streamsInARowDecodeToTheirConcatenation() throws Exception {
        for (ContentCoding coding : CODINGS) {
            byte[] one = coding.encode(text("one "));
            byte[] two = coding.encode(text("two"));
            byte[] both = java.util.Arrays.copyOf(one, one.length + two.length);
            System.arraycopy(two, 0, both, one.length, two.length);

            assertThat(coding.decode(both, 100)).as("%s", coding).isEqualTo(text("one two"));
        }
    }

    @Test
    void aBombIsRefused() {
        for (ContentCoding coding : CODINGS) {
            byte[] bomb = coding.encode(new byte[1 << 20]);

            assertThatThrownBy(() -> coding.decode(bomb, 1 << 24))
                    .isInstanceOf(Untrusted.class)
                    .hasMessageContaining(coding.token() + ": a compression bomb");
        }
    }

    @Test
    void moreThanTheLimitIsRefused() {
        for (ContentCoding coding : ContentCoding.values()) {
            byte[] coded = coding.encode(new byte[1000]);

            assertThatThrownBy(() -> coding.decode(coded, 999)).isInstanceOf(Untrusted.class);
        }
    }

    @Test
    void garbledOrTruncatedBodiesNeverRaiseAnythingButUntrusted() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] plain = text("a directory document\n".repeat(100));
        for (ContentCoding coding : CODINGS) {
            for (int turn = 0; turn < 2000; turn++) {
                byte[] coded = coding.encode(plain);
                coded[random.nextInt(coded.length)] ^= (byte) (1 + random.nextInt(255));
                byte[] cut = java.util.Arrays.copyOf(coded, random.nextInt(coded.length + 1));
                try {
                    coding.decode(cut, 1 << 20);
                } catch (Untrusted expected) {
                    assertThat(expected).hasMessageContaining(coding.token());
                } catch (RuntimeException bug) {
                    throw new AssertionError("seed " + seed, bug);
                }
            }
        }
    }

    @Test
    void namesOfCodingsAreTakenAsCTorTakesThem() {
        assertThat(ContentCoding.accepted(ContentCoding.ACCEPTED)).containsExactlyInAnyOrder(ContentCoding.values());
        assertThat(ContentCoding.accepted("x-gzip,br")).containsOnly(ContentCoding.GZIP, ContentCoding.IDENTITY);
        assertThat(ContentCoding.accepted("GZIP, deflate;q=1, x-deflate")).containsOnly(ContentCoding.IDENTITY);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Gives bytes in pieces, as a network does. */
    private static final class Canned implements ByteStream {
        private final byte[] bytes;
        private final int piece;
        private int at;

        Canned(byte[] bytes, int piece) {
            this.bytes = bytes;
            this.piece = piece;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (at == bytes.length) {
                return -1;
            }
            int count = Math.min(Math.min(piece, length), bytes.length - at);
            System.arraycopy(bytes, at, into, offset, count);
            at += count;
            return count;
        }

        @Override
        public void write(byte[] from, int offset, int length) {}

        @Override
        public void finish() {}

        @Override
        public void close() {}
    }
}
