package io.allium.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Circuits, streams and bandwidth as C tor tells them. */
class ToldLinesTest {
    private static final String RELAY = "9695DFC35FFEB861329B9F1AB04C46397020CE31";

    @Test
    void aCircuitHasAPathAndFields() throws Exception {
        CircuitLine circuit = CircuitLine.parse("7 BUILT $" + RELAY + "~first,$" + RELAY
                + " BUILD_FLAGS=IS_INTERNAL,NEED_CAPACITY PURPOSE=HS_CLIENT_REND SOCKS_USERNAME=\"a b\"");

        assertThat(circuit.status()).isEqualTo(CircuitLine.Status.BUILT);
        assertThat(circuit.path())
                .containsExactly(
                        new CircuitLine.Hop(RELAY, Optional.of("first")), new CircuitLine.Hop(RELAY, Optional.empty()));
        assertThat(circuit.purpose()).isEqualTo("HS_CLIENT_REND");
        assertThat(circuit.field("SOCKS_USERNAME")).contains("a b");
        assertThat(circuit.end()).contains(circuit.path().getLast());
    }

    @Test
    void aCircuitThatWasJustLaunchedHasNoPath() throws Exception {
        CircuitLine circuit = CircuitLine.parse("7 LAUNCHED BUILD_FLAGS=NEED_CAPACITY PURPOSE=GENERAL");

        assertThat(circuit.path()).isEmpty();
        assertThat(circuit.end()).isEmpty();
        assertThat(circuit.purpose()).isEqualTo("GENERAL");
        assertThat(CircuitLine.parse("7 LAUNCHED").fields()).isEmpty();
        assertThat(CircuitLine.parse("7 DREAMING").status()).isEqualTo(CircuitLine.Status.OTHER);
    }

    @Test
    void aStreamHasACircuitOnceItIsAttached() throws Exception {
        StreamLine fresh = StreamLine.parse("3 NEW 0 example.com:80 SOURCE_ADDR=127.0.0.1:5 PURPOSE=USER");
        StreamLine attached = StreamLine.parse("3 SUCCEEDED 7 93.184.216.34:80");

        assertThat(fresh.circuit()).isEmpty();
        assertThat(fresh.field("SOURCE_ADDR")).contains("127.0.0.1:5");
        assertThat(attached.circuit()).contains("7");
        assertThat(attached.target()).isEqualTo("93.184.216.34:80");
    }

    @Test
    void aDescriptorMayHaveANameAndFields() throws Exception {
        DescriptorLine upload = DescriptorLine.parse("UPLOAD abc UNKNOWN $" + RELAY + "~r blinded HSDIR_INDEX=A");
        DescriptorLine failed = DescriptorLine.parse("FAILED abc NO_AUTH $" + RELAY + " REASON=NOT_FOUND");

        assertThat(upload.directory()).isEqualTo("$" + RELAY + "~r");
        assertThat(upload.descriptor()).contains("blinded");
        assertThat(upload.field("HSDIR_INDEX")).contains("A");
        assertThat(failed.descriptor()).isEmpty();
        assertThat(failed.field("REASON")).contains("NOT_FOUND");
        assertThatThrownBy(() -> DescriptorLine.parse("FAILED abc")).isInstanceOf(ProtocolViolation.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "7 BUILT $AB", "7 BUILT $" + RELAY + "!x", "7 BUILT PURPOSE=\"x"})
    void whatIsNoCircuitIsNotTakenForOne(String line) {
        assertThatThrownBy(() -> CircuitLine.parse(line)).isInstanceOf(ProtocolViolation.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3 NEW", "3 NEW 0", "3 NEW 0 a:1 X=\""})
    void whatIsNoStreamIsNotTakenForOne(String line) {
        assertThatThrownBy(() -> StreamLine.parse(line)).isInstanceOf(ProtocolViolation.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "a b", "-1 2", "1 99999999999999999999"})
    void whatIsNoBandwidthIsNotTakenForOne(String text) {
        assertThatThrownBy(() -> Heard.Bandwidth.parse(text)).isInstanceOf(ProtocolViolation.class);
    }
}
