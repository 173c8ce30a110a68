package io.allium.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfluxMessageTest {
    private static final ConfluxNonce NONCE = ConfluxNonce.of(ChannelCellTest.bytes(32));

    @Test
    void aLinkIsLaidOutAsTheSpecificationSays() {
        ConfluxTerms terms = new ConfluxTerms(NONCE, 2, 3, ConfluxUx.HIGH_THROUGHPUT);
        assertThat(HexFormat.of().formatHex(new RelayMessage.ConfluxLink(terms).data()))
                .isEqualTo("01" + HexFormat.of().formatHex(NONCE.bytes()) + "0000000000000002" + "0000000000000003"
                        + "03");
    }

    @ParameterizedTest
    @EnumSource(ConfluxUx.class)
    void everyWishIsReadAgain(ConfluxUx desired) throws ProtocolViolation {
        ConfluxTerms terms = ConfluxTerms.ofNewSet(NONCE, desired);
        assertThat(RelayMessage.decode(RelayCommand.CONFLUX_LINKED, terms.encode()))
                .isEqualTo(new RelayMessage.ConfluxLinked(terms));
    }

    @Test
    void aWishThatVersion1DoesNotKnowIsRefused() {
        byte[] data = ConfluxTerms.ofNewSet(NONCE, ConfluxUx.NO_OPINION).encode();
        data[data.length - 1] = 5;
        assertRefused(RelayCommand.CONFLUX_LINK, data, "desired UX 5");
    }

    @Test
    void anotherVersionIsRefused() {
        byte[] data = ConfluxTerms.ofNewSet(NONCE, ConfluxUx.NO_OPINION).encode();
        data[0] = 2;
        assertRefused(RelayCommand.CONFLUX_LINK, data, "version 2");
    }

    @ParameterizedTest
    @ValueSource(ints = {33, 41})
    void aSequenceNumberThatWouldOverflowIsRefused(int at) {
        byte[] data = ConfluxTerms.ofNewSet(NONCE, ConfluxUx.NO_OPINION).encode();
        data[at] = (byte) 0x80;
        assertRefused(RelayCommand.CONFLUX_LINK, data, "2^63");
    }

    @Test
    void aLinkCutShortAnywhereIsRefused() {
        byte[] data = ConfluxTerms.ofNewSet(NONCE, ConfluxUx.NO_OPINION).encode();
        IntStream.range(0, data.length)
                .forEach(length ->
                        assertRefused(RelayCommand.CONFLUX_LINK, Arrays.copyOf(data, length), "CONFLUX_LINK"));
    }

    @Test
    void aSwitchSaysHowManyCellsWentElsewhere() throws ProtocolViolation {
        assertThat(new RelayMessage.ConfluxSwitch(RelayMessage.ConfluxSwitch.SKIPPED_MAX).data())
                .containsOnly(0xff)
                .hasSize(4);
        assertThat(RelayMessage.decode(RelayCommand.CONFLUX_SWITCH, new byte[] {0, 0, 1, 0}))
                .isEqualTo(new RelayMessage.ConfluxSwitch(256));
    }

    /** Until 0.4.9.5 C tor filled the cell with zeros after the number. */
    @Test
    void aSwitchMayBeAsLongAsTheCell() throws ProtocolViolation {
        byte[] data = new byte[RelayCell.DATA_MAX];
        data[3] = 7;
        assertThat(RelayMessage.decode(RelayCommand.CONFLUX_SWITCH, data)).isEqualTo(new RelayMessage.ConfluxSwitch(7));
    }

    @Test
    void aSwitchCutShortIsRefused() {
        assertRefused(RelayCommand.CONFLUX_SWITCH, new byte[3], "CONFLUX_SWITCH");
    }

    @Test
    void noncesThatDifferInTheLastByteOnlyAreDifferent() {
        byte[] other = NONCE.bytes();
        other[31] ^= 1;
        assertThat(ConfluxNonce.of(other)).isNotEqualTo(NONCE).isNotEqualByComparingTo(NONCE);
        assertThat(ConfluxNonce.of(NONCE.bytes())).isEqualTo(NONCE).hasSameHashCodeAs(NONCE);
    }

    @Test
    void aNonceIsNeverShown() {
        assertThat(new RelayMessage.ConfluxLink(ConfluxTerms.ofNewSet(NONCE, ConfluxUx.NO_OPINION)))
                .asString()
                .contains("[scrubbed]");
    }

    @Test
    void onlyWhatIsAboutStreamsIsInSequence() {
        assertThat(IntStream.range(0, 256).filter(RelayCommand::isSequenced))
                .containsExactly(
                        RelayCommand.BEGIN,
                        RelayCommand.DATA,
                        RelayCommand.END,
                        RelayCommand.CONNECTED,
                        RelayCommand.RESOLVE,
                        RelayCommand.RESOLVED,
                        RelayCommand.XOFF,
                        RelayCommand.XON);
    }

    private static void assertRefused(int command, byte[] data, String why) {
        assertThatThrownBy(() -> RelayMessage.decode(command, data))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining(why);
    }
}
