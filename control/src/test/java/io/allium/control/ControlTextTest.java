package io.allium.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlTextTest {
    private static final int RUNS = 20_000;

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "café", "日本語", "𝄞 a clef of two surrogates 🂀", "\ufffd as it was written"})
    void whatIsUtf8IsTextLikeAnyOther(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

        assertThat(ControlText.of(bytes)).isEqualTo(text);
        assertThat(ControlText.bytes(text)).isEqualTo(bytes);
        assertThat(ControlText.isUtf8(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "636166e9", "c3", "c3a9e9c3a9", "eda080", "f4908080", "c080", "efbfbdff"})
    void whatIsNotComesBackAsItWas(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        String text = ControlText.of(bytes);

        assertThat(ControlText.isUtf8(text)).isFalse();
        assertThat(ControlText.bytes(text)).isEqualTo(bytes);
    }

    @Test
    void noBytesAreLost() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < RUNS; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            assertThat(ControlText.bytes(ControlText.of(bytes)))
                    .as("seed " + seed)
                    .isEqualTo(bytes);
            String text = ControlText.of(bytes).replace('\0', 'x'); // which no quoted string has
            assertThat(CString.unescape(CString.quote(text))).as("seed " + seed).isEqualTo(text);
        }
    }

    @Test
    void aQuotedTextIsAscii() {
        assertThat(CString.quote("café\udcff")).isEqualTo("\"caf\\303\\251\\377\"");
        assertThat(CString.end("\"\\000\"", 0)).isEqualTo(-1);
        assertThat(CString.end("\"\\x00\"", 0)).isEqualTo(-1);
        assertThat(CString.end("\"\\400\"", 0)).isEqualTo(-1);
        assertThat(CString.unescape("\"caf\\303\\251 \\xc3\\xa9 é\"")).isEqualTo("café é é");
    }
}
