package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ByteStream;
import io.allium.base.Endpoint;
import io.allium.base.ProtocolViolation;
import io.allium.base.Refused;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SocksDialogueTest {
    /** host.example in hexadecimal, without its length. */
    private static final String HOST = hex("host.example");

    @Test
    void socks4NamesAnAddressAndAUser() throws Exception {
        Recorded application = says("04 01 0050 01020304 " + hex("me") + " 00");
        SocksRequest request = dialogue(application).readRequest();
        assertThat(request)
                .isEqualTo(new SocksRequest(
                        4,
                        SocksRequest.Command.CONNECT,
                        "1.2.3.4",
                        80,
                        Optional.of(new SocksRequest.Auth("me", "")),
                        true));
    }

    @Test
    void socks4aNamesAHost() throws Exception {
        Recorded application = says("04 f0 01bb 00000001 00 " + HOST + " 00 6465");
        SocksDialogue socks = dialogue(application);
        assertThat(socks.readRequest())
                .isEqualTo(new SocksRequest(
                        4, SocksRequest.Command.RESOLVE, "host.example", 443, Optional.empty(), false));
        assertThat(application.unread()).isEqualTo("6465");
        socks.replyAddress(Endpoint.parseAddress("1.2.3.4"));
        assertThat(application.heard()).isEqualTo("005a000001020304");
    }

    @Test
    void socks5WithoutAuthentication() throws Exception {
        Recorded application = says("05 01 00  05 01 00 03 0c " + HOST + " 0050 ff");
        SocksDialogue socks = dialogue(application);
        assertThat(socks.readRequest())
                .isEqualTo(
                        new SocksRequest(5, SocksRequest.Command.CONNECT, "host.example", 80, Optional.empty(), false));
        socks.reply(SocksReply.SUCCEEDED);
        assertThat(application.heard()).isEqualTo("0500" + "05000001000000000000");
        assertThat(application.unread()).isEqualTo("ff");
    }

    @Test
    void socks5PrefersAPasswordWhereOneIsOffered() throws Exception {
        Recorded application = says("05 02 00 02  01 01 61 02 6263  05 f1 00 01 01020304 0000");
        SocksDialogue socks = dialogue(application);
        assertThat(socks.readRequest())
                .isEqualTo(new SocksRequest(
                        5,
                        SocksRequest.Command.RESOLVE_PTR,
                        "1.2.3.4",
                        0,
                        Optional.of(new SocksRequest.Auth("a", "bc")),
                        true));
        socks.replyName("host.example");
        assertThat(application.heard()).isEqualTo("0502" + "0100" + "050000030c" + HOST + "0000");
    }

    @Test
    void noPasswordWhereThePortPrefersNone() throws Exception {
        Recorded application = says("05 02 00 02  05 01 00 03 0c " + HOST + " 0050");
        SocksRequest request = new SocksDialogue(application, true, false).readRequest();
        assertThat(request.auth()).isEmpty();
        assertThat(application.heard()).isEqualTo("0500");
    }

    @Test
    void aPasswordThatNobodyAskedForIsTaken() throws Exception {
        Recorded application = says("05 01 00  01 00 00  05 01 00 03 0c " + HOST + " 0050");
        assertThat(dialogue(application).readRequest().auth()).contains(new SocksRequest.Auth("", ""));
        assertThat(application.heard()).isEqualTo("0500" + "0100");
    }

    @Test
    void anIpv6AddressComesWithoutBrackets() throws Exception {
        String address = "20010db8000000000000000000000001";
        assertThat(dialogue(says("05 01 00  05 01 00 04 " + address + " 0050"))
                        .readRequest()
                        .host())
                .isEqualTo("2001:db8::1");
        assertThat(dialogue(says("05 01 00  05 01 00 03 05 " + hex("[::1]") + " 0050"))
                        .readRequest()
                        .host())
                .isEqualTo("::1");
    }

    @Test
    void theReservedUserNameMeansNothingButIsolationOrIsRefused() throws Exception {
        String plain = "05 01 02  01 09 " + hex("<torS0X>0") + " 01 78  05 01 00 03 0c " + HOST + " 0050";
        assertThat(dialogue(says(plain)).readRequest().auth()).contains(new SocksRequest.Auth("<torS0X>0", "x"));
        Recorded other = says("05 01 02  01 09 " + hex("<torS0X>1") + " 01 78");
        assertThatThrownBy(() -> dialogue(other).readRequest()).isInstanceOf(ProtocolViolation.class);
        assertThat(other.heard()).isEqualTo("0502" + "0101");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.0", "POST /", "CONNECT a:80", "HEAD /", "OPTIONS *"})
    void aBrowserThatTakesUsForAnHttpProxyIsToldSo(String text) {
        Recorded application = says(hex(text));
        assertThatThrownBy(() -> dialogue(application).readRequest())
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("not an HTTP proxy");
        assertThat(new String(HexFormat.of().parseHex(application.heard()), StandardCharsets.ISO_8859_1))
                .startsWith("HTTP/1.0 501 Tor is not an HTTP Proxy\r\n")
                .contains("\r\n\r\n<!doctype html>");
    }

    @ParameterizedTest
    @CsvSource({
        "05 01 01, 05ff",
        "05 00, 05ff",
        "05 01 02 05, 0502",
        "05 01 00 06, 0500",
        "03, ''",
        "00, ''",
    })
    void whatIsNotSocksIsAViolation(String bytes, String heard) {
        Recorded application = says(bytes);
        assertThatThrownBy(() -> dialogue(application).readRequest()).isInstanceOf(ProtocolViolation.class);
        assertThat(application.heard()).isEqualTo(heard);
    }

    @ParameterizedTest
    @CsvSource({
        "05 01 00 05 02 00 01 01020304 0050, COMMAND_UNKNOWN",
        "05 01 00 05 03 00 01 01020304 0050, COMMAND_UNKNOWN",
        "05 01 00 05 01 00 05, ADDRESS_TYPE",
        "04 02 0050 01020304 00, COMMAND_UNKNOWN",
        "04 f1 0050 01020304 00, COMMAND_UNKNOWN",
    })
    void whatNoPortCanDoIsRefused(String bytes, Refused.Kind kind) {
        assertThatThrownBy(() -> dialogue(says(bytes)).readRequest())
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    @Test
    void anEndlessUserNameIsCutOff() {
        String bytes = "04 01 0050 01020304 " + "61".repeat(SocksDialogue.TEXT_MAX + 1);
        assertThatThrownBy(() -> dialogue(says(bytes)).readRequest())
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("longer than 512 bytes");
    }

    @Test
    void aRequestCutShortAnywhereIsTheEndOfIt() {
        String whole = "05 02 00 02  01 01 61 02 6263  05 01 00 03 0c " + HOST + " 0050";
        byte[] bytes = HexFormat.of().parseHex(whole.replace(" ", ""));
        for (int length = 0; length < bytes.length; length++) {
            Recorded application = new Recorded(java.util.Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> dialogue(application).readRequest()).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void extendedErrorsAreOnlyForThosePortsThatHaveThem() throws Exception {
        for (boolean extended : new boolean[] {true, false}) {
            Recorded application = says("05 01 00  05 01 00 03 0c " + HOST + " 0050");
            SocksDialogue socks = new SocksDialogue(application, false, extended);
            socks.readRequest();
            socks.reply(SocksReply.BAD_ONION_ADDRESS);
            assertThat(application.heard()).endsWith(extended ? "05f60001000000000000" : "05010001000000000000");
        }
    }

    @Test
    void anyBytesAreARequestOrAnError() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 5000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 2) {
                bytes[0] = (byte) (4 + random.nextInt(2));
                bytes[1] = (byte) random.nextInt(3);
            }
            try {
                SocksRequest request = dialogue(new Recorded(bytes)).readRequest();
                assertThat(request.port()).as("seed " + seed).isBetween(0, 65535);
            } catch (EOFException | ProtocolViolation | Refused expected) {
                assertThat(expected.getMessage()).as("seed " + seed).isNotEmpty();
            }
        }
    }

    private static SocksDialogue dialogue(Recorded application) {
        return new SocksDialogue(application, false, false);
    }

    private static Recorded says(String hex) {
        return new Recorded(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** An application that says certain bytes, and remembers what it heard. */
    private static final class Recorded implements ByteStream {
        private final ByteArrayInputStream said;
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

        Recorded(byte[] said) {
            this.said = new ByteArrayInputStream(said);
        }

        String heard() {
            return HexFormat.of().formatHex(heard.toByteArray());
        }

        String unread() {
            return HexFormat.of().formatHex(said.readAllBytes());
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return length == 0 ? 0 : said.read(into, offset, length);
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            heard.write(from, offset, length);
        }

        @Override
        public void finish() throws IOException {}

        @Override
        public void close() {}
    }
}
