package io.allium.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.ProtocolViolation;
import io.allium.cell.RelayMessage.Resolved;
import io.allium.crypto.Ed25519Identity;
import io.allium.crypto.Fingerprint;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayCellTest {
    static List<RelayMessage> messages() {
        return List.of(
                new RelayMessage.Begin("example.com", 443, BeginFlags.NONE),
                new RelayMessage.Begin("2001:db8::1", 80, new BeginFlags(true, false, true)),
                new RelayMessage.Begin("", 80, BeginFlags.NONE),
                new RelayMessage.Data(ChannelCellTest.bytes(498)),
                new RelayMessage.End(EndReason.DONE),
                new RelayMessage.End(EndReason.EXITPOLICY, Endpoint.parseAddress("192.0.2.1"), 60),
                new RelayMessage.End(EndReason.EXITPOLICY, Endpoint.parseAddress("2001:db8::1"), 60),
                new RelayMessage.Connected(Endpoint.parseAddress("192.0.2.1"), 60),
                new RelayMessage.Connected(Endpoint.parseAddress("2001:db8::1"), 60),
                RelayMessage.Connected.SILENT,
                RelayMessage.SendMe.PLAIN,
                new RelayMessage.SendMe(1, ChannelCellTest.bytes(20)),
                new RelayMessage.Extend2(
                        List.of(
                                new LinkSpecifier.Ipv4(Endpoint.parse("192.0.2.1:9001")),
                                new LinkSpecifier.LegacyIdentity(Fingerprint.of(ChannelCellTest.bytes(20))),
                                new LinkSpecifier.Unknown(77, new byte[] {1, 2, 3}),
                                new LinkSpecifier.Ed25519(Ed25519Identity.of(ChannelCellTest.bytes(32))),
                                new LinkSpecifier.Ipv6(Endpoint.parse("[2001:db8::1]:9001"))),
                        HandshakeType.NTOR,
                        ChannelCellTest.bytes(84)),
                new RelayMessage.Extended2(ChannelCellTest.bytes(64)),
                new RelayMessage.Truncate(DestroyReason.NONE),
                new RelayMessage.Truncated(DestroyReason.OR_IDENTITY),
                new RelayMessage.Drop(),
                new RelayMessage.Resolve("example.com"),
                new Resolved(List.of(
                        new Resolved.Address(Endpoint.parseAddress("192.0.2.1"), 60),
                        new Resolved.Address(Endpoint.parseAddress("2001:db8::1"), 60),
                        new Resolved.HostName("www.example.com", 60))),
                new Resolved(List.of(new Resolved.Failure(true, 60))),
                new Resolved(List.of(new Resolved.Failure(false, 60))),
                new RelayMessage.BeginDir(),
                new RelayMessage.Xon(1234),
                new RelayMessage.Xoff(),
                new RelayMessage.ConfluxLink(
                        new ConfluxTerms(ConfluxNonce.of(ChannelCellTest.bytes(32)), 1, 2, ConfluxUx.LOW_MEM_LATENCY)),
                new RelayMessage.ConfluxLinked(
                        ConfluxTerms.ofNewSet(ConfluxNonce.of(ChannelCellTest.bytes(32)), ConfluxUx.MIN_LATENCY)),
                new RelayMessage.ConfluxLinkedAck(),
                new RelayMessage.ConfluxSwitch(31),
                new RelayMessage.Unknown(200, ChannelCellTest.bytes(9)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void whatIsWrittenIsReadAgain(RelayMessage message) throws ProtocolViolation {
        byte[] body = new byte[10 + CellCodec.BODY_BYTES];
        new RelayCell(new StreamId(0xabcd), message).encode(body, 10, new FixedEntropy(1));
        RelayCell read = RelayCell.decode(body, 10);
        assertThat(read.stream()).isEqualTo(new StreamId(0xabcd));
        assertThat(read.message()).usingRecursiveComparison().isEqualTo(message);
    }

    @Test
    void theBodyIsLaidOutAsTheSpecificationSays() {
        byte[] body = new byte[CellCodec.BODY_BYTES];
        Arrays.fill(body, (byte) 0xee);
        new RelayCell(new StreamId(0x0102), new RelayMessage.Data(new byte[] {9, 8, 7}))
                .encode(body, 0, new FixedEntropy(1));
        assertThat(HexFormat.of().formatHex(body, 0, 18))
                .isEqualTo("02" + "0000" + "0102" + "00000000" + "0003" + "090807" + "00000000");
        assertThat(Arrays.copyOfRange(body, 18, 509))
                .isNotEqualTo(filled(491, 0xee))
                .isNotEqualTo(filled(491, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {494, 495, 496, 497, 498})
    void littlePaddingIsZeros(int length) {
        byte[] body = new byte[CellCodec.BODY_BYTES];
        Arrays.fill(body, (byte) 0xee);
        new RelayCell(StreamId.CIRCUIT, new RelayMessage.Data(new byte[length])).encode(body, 0, new FixedEntropy(1));
        assertThat(Arrays.copyOfRange(body, 11, 509)).containsOnly(0);
    }

    @Test
    void moreThan498BytesDoNotFit() {
        RelayCell cell = new RelayCell(StreamId.CIRCUIT, new RelayMessage.Data(new byte[499]));
        assertThatThrownBy(() -> cell.encode(new byte[CellCodec.BODY_BYTES], 0, new FixedEntropy(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLengthBeyondTheCellIsRefused() {
        byte[] body = new byte[CellCodec.BODY_BYTES];
        body[0] = RelayCommand.DATA;
        body[9] = 1;
        body[10] = (byte) 0xf3; // 499
        assertThatThrownBy(() -> RelayCell.decode(body, 0))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("499");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "65786d706c65", // no NUL
                "6578616d706c6500", // no port
                "6578616d706c653a00", // an empty port
                "6578616d706c653a3000", // port 0
                "6578616d706c653a363535333600", // port 65536
                "6578616d706c653a2d3100", // port -1
                "5b3a3a313a383000", // a bracket alone
                "5b6578616d706c655d3a383000" // a name between brackets
            })
    void aBeginThatNamesNoHostAndPortIsRefused(String hex) {
        assertThatThrownBy(() ->
                        RelayMessage.decode(RelayCommand.BEGIN, HexFormat.of().parseHex(hex)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageStartingWith("BEGIN");
    }

    @Test
    void beginIsReadWithFlagsAndWithReservedOnes() throws ProtocolViolation {
        byte[] data = HexFormat.of().parseHex("612e623a383000" + "fffffff5");
        assertThat(RelayMessage.decode(RelayCommand.BEGIN, data))
                .isEqualTo(new RelayMessage.Begin("a.b", 80, new BeginFlags(true, false, true)));
    }

    @Test
    void anEmptyEndMeansMisc() throws ProtocolViolation {
        assertThat(RelayMessage.decode(RelayCommand.END, new byte[0])).isEqualTo(new RelayMessage.End(EndReason.MISC));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 255})
    void anEndReasonThatIsNoneMeansMisc(int code) throws ProtocolViolation {
        assertThat(RelayMessage.decode(RelayCommand.END, new byte[] {(byte) code}))
                .isEqualTo(new RelayMessage.End(EndReason.MISC));
    }

    @Test
    void everyEndReasonHasItsNumber() {
        assertThat(Arrays.stream(EndReason.values()).map(EndReason::code))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
        for (EndReason reason : EndReason.values()) {
            assertThat(EndReason.of(reason.code())).isEqualTo(reason);
        }
    }

    @Test
    void anExitPolicyEndWithAnOddAddressIsStillAnEnd() throws ProtocolViolation {
        assertThat(RelayMessage.decode(RelayCommand.END, new byte[] {4, 1, 2, 3}))
                .isEqualTo(new RelayMessage.End(EndReason.EXITPOLICY));
        RelayMessage.End withoutTtl =
                (RelayMessage.End) RelayMessage.decode(RelayCommand.END, new byte[] {4, 127, 0, 0, 1});
        assertThat(withoutTtl.address()).isEqualTo(Endpoint.parseAddress("127.0.0.1"));
        assertThat(withoutTtl.ttl()).isEqualTo(0xffffffffL);
    }

    @Test
    void aSendMeThatIsShorterThanItSaysIsRefused() {
        assertThatThrownBy(() -> RelayMessage.decode(RelayCommand.SENDME, new byte[] {1, 0, 20, 1, 2, 3}))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageStartingWith("SENDME");
    }

    @Test
    void extend2WithTwoIdentitiesOfAKindIsRefused() {
        String identity = "0214" + "00".repeat(20);
        byte[] data = HexFormat.of().parseHex("02" + identity + identity + "0002" + "0000");
        assertThatThrownBy(() -> RelayMessage.decode(RelayCommand.EXTEND2, data))
                .hasMessageContaining("two identities");
    }

    @ParameterizedTest
    @ValueSource(strings = {"01" + "0005" + "0000000000", "01" + "0111" + "00", "01" + "0213" + "00", "01" + "03ff"})
    void aLinkSpecifierOfTheWrongLengthIsRefused(String hex) {
        byte[] data = HexFormat.of().parseHex(hex + "00".repeat(60));
        assertThatThrownBy(() -> RelayMessage.decode(RelayCommand.EXTEND2, data))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageStartingWith("EXTEND2");
    }

    @Test
    void linkSpecifiersKeepTheirOrderAndUnknownOnesTheirBytes() throws ProtocolViolation {
        String specifiers = "03" + "4d03010203" + "0006c0000201" + "2329" + "0100".repeat(0) + "0212" + "00".repeat(18);
        byte[] wrong = HexFormat.of().parseHex(specifiers + "0002" + "0000");
        assertThatThrownBy(() -> RelayMessage.decode(RelayCommand.EXTEND2, wrong))
                .hasMessageContaining("18 bytes instead of 20");
        String right = "02" + "4d03010203" + "0006c00002012329" + "0002" + "0001" + "ff";
        RelayMessage.Extend2 read = (RelayMessage.Extend2)
                RelayMessage.decode(RelayCommand.EXTEND2, HexFormat.of().parseHex(right));
        assertThat(read.specifiers())
                .containsExactly(
                        new LinkSpecifier.Unknown(0x4d, new byte[] {1, 2, 3}),
                        new LinkSpecifier.Ipv4(Endpoint.parse("192.0.2.1:9001")));
        assertThat(HexFormat.of().formatHex(read.data())).isEqualTo(right);
    }

    @Test
    void aResolvedAnswerOfTheFutureIsPassedOver() throws ProtocolViolation {
        byte[] data = HexFormat.of().parseHex("aa02ffff0000003c" + "0404c00002010000003c");
        assertThat(RelayMessage.decode(RelayCommand.RESOLVED, data))
                .isEqualTo(new Resolved(List.of(new Resolved.Address(Endpoint.parseAddress("192.0.2.1"), 60))));
    }

    @Test
    void aResolvedAddressOfTheWrongLengthIsRefused() {
        byte[] data = HexFormat.of().parseHex("0403c000020000003c");
        assertThatThrownBy(() -> RelayMessage.decode(RelayCommand.RESOLVED, data))
                .hasMessageContaining("an address of 3 bytes");
    }

    private static byte[] filled(int count, int value) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
