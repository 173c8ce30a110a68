package io.allium.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.testing.ManualTime;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as bytes, and what cannot be one. In the texts {@code \n} stands for CR LF. */
class RequestReaderTest {
    private final ManualTime time = new ManualTime();
    private int invitations;

    @Test
    void aHeadIsReadHoweverItIsCut() throws Exception {
        for (int atATime = 1; atATime < 20; atATime++) {
            RequestReader reader = reader("GET /a?b HTTP/1.1\nHost: x\nA: 1\na:  2 \n\nPUT /c HTTP/1.0\n\n", atATime);
            HttpRequest first = reader.head().orElseThrow();
            assertThat(first.method() + first.target() + first.minor()).isEqualTo("GET/a?b1");
            assertThat(first.headers().all("A")).containsExactly("1", "2");
            assertThat(first.keepsAlive()).isTrue();
            HttpRequest second = reader.head().orElseThrow();
            assertThat(second.method()).isEqualTo("PUT");
            assertThat(second.keepsAlive()).isFalse();
            assertThat(reader.head()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\n\n",
                "GET / HTTP/1.1\nHost: a\nHost: b\n\n",
                "GET / HTTP/2.0\nHost: a\n\n",
                "GET /\n\n",
                "get / HTTP/1.1\nHost: a\n\n",
                "GET  / HTTP/1.1\nHost: a\n\n",
                "GET /a b HTTP/1.1\nHost: a\n\n",
                "GET /\u00e4 HTTP/1.1\nHost: a\n\n",
                "\nGET / HTTP/1.1\nHost: a\n\n",
                "GET / HTTP/1.1\nHost: a\n folded\n\n",
                "GET / HTTP/1.1\nHost : a\n\n",
                "GET / HTTP/1.1\n: a\nHost: a\n\n",
                "GET / HTTP/1.1\nHost: a\nX: a\u0000b\n\n",
                "GET / HTTP/1.1\nHost: a\nX: a\rb\n\n",
                "GET / HTTP/1.1\nHost: a",
                "POST / HTTP/1.1\nHost: a\nContent-Length: 1\nContent-Length: 1\n\n",
                "POST / HTTP/1.1\nHost: a\nContent-Length: -1\n\n",
                "POST / HTTP/1.1\nHost: a\nContent-Length: +1\n\n",
                "POST / HTTP/1.1\nHost: a\nContent-Length: 9999999999999999999\n\n",
                "POST / HTTP/1.1\nHost: a\nContent-Length: 1\nTransfer-Encoding: chunked\n\n",
                "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: gzip, chunked\n\n",
                "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n",
                "POST / HTTP/1.0\nTransfer-Encoding: chunked\n\n"
            })
    void whatCouldBeReadInTwoWaysIsNotRead(String request) {
        assertThatThrownBy(() -> reader(request, 7).head()).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aHeadHasABound() throws Exception {
        String start = "GET / HTTP/1.1\nHost: x\nA: ";
        int room = RequestReader.HEAD_MAX - start.replace("\n", "\r\n").length() - 4;
        assertThat(reader(start + "a".repeat(room) + "\n\n", 4096).head()).isPresent();
        assertThatThrownBy(() ->
                        reader(start + "a".repeat(room + 1) + "\n\n", 4096).head())
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("16384");
    }

    @Test
    void bodiesEndWhereTheySay() throws Exception {
        for (int atATime = 1; atATime < 12; atATime++) {
            RequestReader reader = reader(
                    "POST / HTTP/1.1\nHost: x\nContent-Length: 5\n\nhello"
                            + "POST / HTTP/1.1\nHost: x\nTransfer-Encoding: Chunked\n\n3;x=y\nabc\n00A\n0123456789\n0\nT: 1\n\n"
                            + "GET / HTTP/1.1\nHost: x\n\n",
                    atATime);
            assertThat(body(reader)).isEqualTo("hello");
            assertThat(body(reader)).isEqualTo("abc0123456789");
            assertThat(body(reader)).isEmpty();
            assertThat(reader.head()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\n\nhell",
                "Transfer-Encoding: chunked\n\n5\nhello",
                "Transfer-Encoding: chunked\n\n5\nhello\n",
                "Transfer-Encoding: chunked\n\n5\nhello\n0\n",
                "Transfer-Encoding: chunked\n\n5\nhello0\n\n",
                "Transfer-Encoding: chunked\n\n-5\nhello\n0\n\n",
                "Transfer-Encoding: chunked\n\n0x5\nhello\n0\n\n",
                "Transfer-Encoding: chunked\n\n\nhello\n0\n\n",
                "Transfer-Encoding: chunked\n\n1111111111111111\nhello\n0\n\n"
            })
    void aBodyThatIsCutOffOrWrongIsNotTakenForWhole(String rest) {
        assertThatThrownBy(() -> body(reader("POST / HTTP/1.1\nHost: x\n" + rest, 3)))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void linesBetweenChunksHaveBounds() {
        String start = "POST / HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n";
        assertThatThrownBy(() -> body(reader(start + "1;" + "a".repeat(2000) + "\na\n0\n\n", 999)))
                .hasMessageContaining("1024");
        assertThatThrownBy(() -> body(reader(start + "0\n" + "a: b\n".repeat(20) + "\n", 999)))
                .hasMessageContaining("16 lines");
    }

    @Test
    void whoWaitsToBeInvitedIsInvitedWhenTheBodyIsWanted() throws Exception {
        RequestReader reader = reader("POST / HTTP/1.1\nHost: x\nExpect: 100-Continue\nContent-Length: 2\n\nab", 100);
        HttpRequest request = reader.head().orElseThrow();
        RequestBody body = new RequestBody(request, reader, () -> invitations++);
        assertThat(invitations).isZero();
        assertThat(body.read(new byte[1], 0, 1)).isEqualTo(1);
        assertThat(body.read(new byte[1], 0, 1)).isEqualTo(1);
        assertThat(invitations).isEqualTo(1);
        assertThat(body.isEnded()).isTrue();
    }

    private RequestReader reader(String text, int atATime) {
        ScriptedWire wire = new ScriptedWire(text.replace("\n", "\r\n"), atATime);
        return new RequestReader(wire, new Patience(time, wire));
    }

    private static String body(RequestReader reader) throws Exception {
        RequestBody body = new RequestBody(reader.head().orElseThrow(), reader, () -> {});
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[4];
        for (int count = body.read(buffer, 0, 4); count >= 0; count = body.read(buffer, 0, 4)) {
            all.write(buffer, 0, count);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }
}
