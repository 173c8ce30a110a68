package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.decoder.Decoder;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalQrCodeTest {
    private static final String ADDRESS = "http://" + "a2".repeat(28) + ".onion/";

    @Test
    void whatIsShownCanBeRead() throws Exception {
        for (String text : List.of(ADDRESS, "x", ADDRESS + "a%20long/path/" + "y".repeat(100))) {
            assertThat(read(TerminalQrCode.of(text, false))).isEqualTo(text);
            String coloured = TerminalQrCode.of(text, true);
            assertThat(coloured).contains("\u001b[97;40m");
            assertThat(read(coloured.replaceAll("\u001b\\[[0-9;]*m", ""))).isEqualTo(text);
        }
    }

    @Test
    void anAddressFitsIntoATerminal() {
        List<String> lines = TerminalQrCode.of(ADDRESS, false).lines().toList();
        assertThat(lines).hasSizeLessThanOrEqualTo(23).allMatch(line -> line.length() <= 80);
    }

    /** As a camera would, which takes what is drawn for light. */
    private static String read(String shown) throws Exception {
        List<String> lines = shown.lines().toList();
        int size = lines.getFirst().length() - 4;
        BitMatrix dark = new BitMatrix(size);
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                char c = lines.get((y + 2) / 2).charAt(x + 2);
                boolean light = c == '█' || c == (y % 2 == 0 ? '▀' : '▄');
                if (!light) {
                    dark.set(x, y);
                }
            }
        }
        return new Decoder().decode(dark).getText();
    }
}
