package io.allium.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.ProtocolViolation;
import io.allium.cell.Extensions.Extension;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExtensionsTest {
    @Test
    void ourExtensionsAreSortedByType() {
        Extensions ours = Extensions.of(
                new Extension(Extensions.SUBPROTOCOL_REQUEST, new byte[] {2, 6}),
                new Extension(Extensions.CC_REQUEST, new byte[0]));
        assertThat(HexFormat.of().formatHex(ours.encode())).isEqualTo("02" + "0100" + "03020206");
    }

    @Test
    void whatIsWrittenIsReadAgain() throws ProtocolViolation {
        Extensions some = Extensions.of(
                new Extension(Extensions.CC_RESPONSE, new byte[] {31}), new Extension(200, new byte[255]));
        assertThat(Extensions.decode(some.encode())).isEqualTo(some);
        assertThat(some.find(Extensions.CC_RESPONSE)).hasValue(new byte[] {31});
        assertThat(some.find(Extensions.CC_REQUEST)).isEmpty();
    }

    @Test
    void nothingIsNoExtensions() throws ProtocolViolation {
        assertThat(Extensions.decode(new byte[0])).isEqualTo(Extensions.NONE);
        assertThat(Extensions.decode(new byte[1])).isEqualTo(Extensions.NONE);
        assertThat(Extensions.NONE.encode()).containsExactly(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"01", "0101", "010102ff", "000000", "01010100ff"})
    void tooFewAndTooManyBytesAreRefused(String hex) {
        assertThatThrownBy(() -> Extensions.decode(HexFormat.of().parseHex(hex)))
                .isInstanceOf(ProtocolViolation.class);
    }
}
