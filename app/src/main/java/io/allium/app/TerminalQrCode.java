package io.allium.app;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;

/** A text as a QR code for terminals: two modules in a character, one above the other. */
final class TerminalQrCode {
    /** Light modules around it, for cameras to find its edge. ISO/IEC 18004 wants four; on a screen two have always done. */
    private static final int MARGIN = 2;

    /** White on black, whatever the terminal's colours are: cameras look for dark modules on light ones. */
    private static final String COLOURS = "\u001b[97;40m";

    private static final String NO_COLOURS = "\u001b[0m";

    private TerminalQrCode() {}

    /** Its lines, each with its end; with escape sequences for colours where the terminal knows them. */
    static String of(String text, boolean colours) {
        ByteMatrix modules = modules(text);
        int size = modules.getWidth();
        StringBuilder lines = new StringBuilder();
        for (int y = -MARGIN; y < size + MARGIN; y += 2) {
            lines.append(colours ? COLOURS : "");
            for (int x = -MARGIN; x < size + MARGIN; x++) {
                boolean upper = isLight(modules, x, y);
                boolean lower = y + 1 < size + MARGIN && isLight(modules, x, y + 1);
                lines.append(upper ? lower ? '█' : '▀' : lower ? '▄' : ' ');
            }
            lines.append(colours ? NO_COLOURS : "").append('\n');
        }
        return lines.toString();
    }

    private static boolean isLight(ByteMatrix modules, int x, int y) {
        int size = modules.getWidth();
        return x < 0 || y < 0 || x >= size || y >= size || modules.get(x, y) == 0;
    }

    private static ByteMatrix modules(String text) {
        try {
            return Encoder.encode(text, ErrorCorrectionLevel.M).getMatrix();
        } catch (WriterException tooLong) {
            throw new IllegalArgumentException("too long for a QR code: " + text.length() + " characters", tooLong);
        }
    }
}
