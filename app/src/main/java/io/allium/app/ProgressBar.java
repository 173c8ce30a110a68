package io.allium.app;

import io.allium.web.Share;
import io.allium.web.Sizes;
import java.io.PrintStream;

/**
 * How far a download is: on a terminal one line that is drawn over and over, elsewhere a line for each tenth. Confined to the
 * program's thread.
 */
final class ProgressBar {
    private static final int WIDTH = 40;

    private final PrintStream out;
    private final boolean terminal;
    private String drawn = "";
    private int tenths;

    ProgressBar(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void draw(Share.Progress progress) {
        int percent = progress.length() == 0 ? 100 : (int) (100.0 * progress.furthest() / progress.length());
        if (progress.furthest() == 0 && progress.active() == 0 && progress.completed() == 0) {
            return;
        }
        String sizes = Sizes.text(progress.furthest()) + " of " + Sizes.text(progress.length())
                + (progress.active() > 1 ? ", " + progress.active() + " downloads at once" : "");
        if (terminal) {
            String line = bar(percent) + "  " + percent + " %, " + sizes;
            if (!line.equals(drawn)) {
                out.print("\r" + line + " ".repeat(Math.max(0, drawn.length() - line.length())));
                out.flush();
                drawn = line;
            }
        } else if (percent / 10 != tenths) {
            tenths = percent / 10;
            out.println("          " + percent + " %, " + sizes);
            out.flush();
        }
    }

    /** Ends the line, before something else is said. */
    void end() {
        if (!drawn.isEmpty()) {
            out.println();
            drawn = "";
        }
    }

    private static String bar(int percent) {
        int full = Math.min(WIDTH, percent * WIDTH / 100);
        return "          [" + "#".repeat(full) + "-".repeat(WIDTH - full) + "]";
    }
}
