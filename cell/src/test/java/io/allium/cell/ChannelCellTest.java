package io.allium.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.ProtocolViolation;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelCellTest {
    static List<ChannelCell> cells() {
        return List.of(
                new ChannelCell.Versions(List.of(3, 4, 5)),
                new ChannelCell.Certs(List.of(
                        new ChannelCell.Certs.Entry(2, new byte[] {1, 2, 3}),
                        new ChannelCell.Certs.Entry(4, new byte[0]))),
                new ChannelCell.AuthChallenge(bytes(32), List.of(1, 3)),
                new ChannelCell.Authenticate(3, bytes(352)),
                new ChannelCell.NetInfo(
                        1_700_000_000L,
                        Endpoint.parseAddress("192.0.2.1"),
                        List.of(Endpoint.parseAddress("192.0.2.2"), Endpoint.parseAddress("2001:db8::1"))),
                new ChannelCell.Padding(),
                new ChannelCell.VPadding(17),
                new ChannelCell.PaddingNegotiate(true, 1500, 9500),
                new ChannelCell.PaddingNegotiate(false, 0, 0),
                new ChannelCell.CreateFast(bytes(20)),
                new ChannelCell.CreatedFast(bytes(40)),
                new ChannelCell.Create2(HandshakeType.NTOR, bytes(84)),
                new ChannelCell.Created2(bytes(64)),
                new ChannelCell.Relay(bytes(509)),
                new ChannelCell.RelayEarly(bytes(509)),
                new ChannelCell.Destroy(DestroyReason.NOSUCHSERVICE),
                new ChannelCell.Create(bytes(186)),
                new ChannelCell.Created(bytes(148)),
                new ChannelCell.Unknown(200, bytes(5)));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void whatIsWrittenIsReadAgain(ChannelCell cell) throws ProtocolViolation {
        byte[] body = cell.body();
        ChannelCell read = ChannelCell.decode(cell.command(), body, 0, body.length);
        assertThat(read).hasSameClassAs(cell);
        assertThat(ChannelCell.same(read, cell)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void everyByteThatIsMissingIsMissed(ChannelCell cell) {
        byte[] body = cell.body();
        boolean anyLength = switch (cell) {
            case ChannelCell.Padding _,
                    ChannelCell.VPadding _,
                    ChannelCell.Unknown _,
                    ChannelCell.Create _,
                    ChannelCell.Created _ -> true;
            default -> false;
        };
        if (!anyLength) {
            assertThatThrownBy(() -> ChannelCell.decode(cell.command(), body, 0, body.length - 1))
                    .isInstanceOf(ProtocolViolation.class)
                    .hasMessageStartingWith(CellCommand.name(cell.command()));
        }
    }

    @Test
    void bytesAfterTheFieldsArePadding() throws ProtocolViolation {
        ChannelCell.Create2 cell = new ChannelCell.Create2(HandshakeType.NTOR, bytes(84));
        byte[] padded = CellCodec.fixedBody(cell);
        assertThat(ChannelCell.same(ChannelCell.decode(CellCommand.CREATE2, padded, 0, padded.length), cell))
                .isTrue();
    }

    @Test
    void aCreate2ThatSaysItIsLongerThanItsCellIsRefused() {
        byte[] body = new byte[CellCodec.BODY_BYTES];
        body[1] = HandshakeType.NTOR;
        body[2] = 1;
        body[3] = (byte) 0xfa; // 506 bytes, and there is room for 505
        assertThatThrownBy(() -> ChannelCell.decode(CellCommand.CREATE2, body, 0, body.length))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("HDATA");
    }

    @Test
    void twoCertificatesOfOneTypeAreRefused() {
        byte[] body = HexFormat.of().parseHex("02" + "020001aa" + "020001bb");
        assertThatThrownBy(() -> ChannelCell.decode(CellCommand.CERTS, body, 0, body.length))
                .hasMessageContaining("two certificates of type 2");
    }

    @Test
    void netInfoPassesOverAddressesThatItDoesNotKnow() throws ProtocolViolation {
        String body = "65000000" + "0004c0000201" + "03" + "0404c0000202" + "0a020000" + "0403010203";
        byte[] bytes = HexFormat.of().parseHex(body);
        ChannelCell.NetInfo read =
                (ChannelCell.NetInfo) ChannelCell.decode(CellCommand.NETINFO, bytes, 0, bytes.length);
        assertThat(read.timestamp()).isEqualTo(0x65000000L);
        assertThat(read.other()).isNull(); // of type 0
        assertThat(read.own()).containsExactly(Endpoint.parseAddress("192.0.2.2"));
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 255})
    void aReasonOfTheFutureIsNone(int code) throws ProtocolViolation {
        ChannelCell cell = ChannelCell.decode(CellCommand.DESTROY, new byte[] {(byte) code}, 0, 1);
        assertThat(((ChannelCell.Destroy) cell).reason()).isEqualTo(DestroyReason.NONE);
    }

    @Test
    void everyDestroyReasonHasItsNumber() {
        assertThat(Arrays.stream(DestroyReason.values()).map(DestroyReason::code))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        for (DestroyReason reason : DestroyReason.values()) {
            assertThat(DestroyReason.of(reason.code())).isEqualTo(reason);
        }
    }

    static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 7 + 1);
        }
        return bytes;
    }
}
