package io.allium.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Charts as SVG text. */
final class Chart {
    private static final int WIDTH = 860;
    private static final int LEFT = 330;
    private static final int ROW = 26;
    private static final Map<Implementation, String> COLOURS =
            Map.of(Implementation.C_TOR, "#7d4698", Implementation.ALLIUM, "#2e8b57");

    /** The ratios' axis goes from a thirty-second to thirty-two times C tor. */
    private static final double OCTAVES = 5;

    private Chart() {}

    /** A bar for each figure: ours over C tor's, on a logarithmic axis whose middle is C tor. */
    static String ratios(Findings findings) {
        List<Figure> figures = findings.figures().stream()
                .filter(figure -> findings.median(figure, Implementation.C_TOR).orElse(0) > 0
                        && findings.median(figure, Implementation.ALLIUM).orElse(0) > 0)
                .toList();
        int height = 50 + ROW * figures.size();
        StringBuilder svg = open(height);
        for (int octave = (int) -OCTAVES; octave <= OCTAVES; octave++) {
            double x = ratioPlace(Math.pow(2, octave));
            line(svg, x, 24, x, height - 20, octave == 0 ? "#444" : "#ddd");
            text(svg, x, 18, "middle", octave < 0 ? "1/" + (1 << -octave) : "" + (1 << octave));
        }
        int y = 30;
        for (Figure figure : figures) {
            double ratio = findings.median(figure, Implementation.ALLIUM).orElseThrow()
                    / findings.median(figure, Implementation.C_TOR).orElseThrow();
            double x = ratioPlace(ratio);
            double middle = ratioPlace(1);
            text(svg, LEFT - 8, y + 15, "end", figure.what());
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n",
                    Math.min(x, middle),
                    y + 4,
                    Math.abs(x - middle),
                    ROW - 10,
                    COLOURS.get(Implementation.ALLIUM)));
            goalPlace(svg, figure.goal(), y);
            y += ROW;
        }
        text(svg, ratioPlace(1), height - 4, "middle", "Allium / C tor; the red line is the goal");
        return svg.append("</svg>\n").toString();
    }

    /** The share of samples (upwards) that took at most so many milliseconds (to the right). */
    static String distribution(String what, Map<Implementation, double[]> samples) {
        int height = 360;
        double most = samples.values().stream()
                .mapToDouble(each -> Findings.quantile(each, 0.995))
                .max()
                .orElse(1);
        StringBuilder svg = open(height);
        for (int tenth = 0; tenth <= 10; tenth++) {
            double y = sharePlace(tenth / 10.0, height);
            line(svg, 60, y, WIDTH - 20, y, "#ddd");
            text(svg, 54, y + 4, "end", tenth * 10 + " %");
            double x = 60 + tenth / 10.0 * (WIDTH - 80);
            text(svg, x, height - 24, "middle", String.format(Locale.ROOT, "%.3g", most * tenth / 10));
        }
        text(svg, WIDTH / 2.0, height - 6, "middle", what + ", ms");
        int legend = 60;
        for (Map.Entry<Implementation, double[]> each : samples.entrySet()) {
            svg.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"")
                    .append(COLOURS.get(each.getKey()))
                    .append("\" points=\"");
            double[] sorted = each.getValue();
            for (int i = 0; i < sorted.length; i++) {
                double x = 60 + Math.min(1, sorted[i] / most) * (WIDTH - 80);
                svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, sharePlace((i + 1.0) / sorted.length, height)));
            }
            svg.append("\"/>\n<text x=\"").append(WIDTH - 120).append("\" y=\"").append(height - 60 - legend);
            svg.append("\" fill=\"").append(COLOURS.get(each.getKey())).append("\">");
            svg.append(each.getKey().title()).append("</text>\n");
            legend -= 20;
        }
        return svg.append("</svg>\n").toString();
    }

    private static void goalPlace(StringBuilder svg, Goal goal, int y) {
        double factor = switch (goal) {
            case Goal.AtMostTimes most -> most.factor();
            case Goal.AtLeastTimes least -> least.factor();
            case Goal.AtMostMore more -> 0;
            case Goal.AtMost most -> 0;
            case Goal.None none -> 0;
        };
        if (factor > 0) {
            line(svg, ratioPlace(factor), y, ratioPlace(factor), y + ROW - 2, "#c00");
        }
    }

    private static double ratioPlace(double ratio) {
        double octave = Math.log(ratio) / Math.log(2);
        double bounded = Math.max(-OCTAVES, Math.min(OCTAVES, octave));
        return LEFT + (bounded + OCTAVES) / (2 * OCTAVES) * (WIDTH - LEFT - 20);
    }

    private static double sharePlace(double share, int height) {
        return 20 + (1 - share) * (height - 70);
    }

    private static StringBuilder open(int height) {
        return new StringBuilder(String.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
                WIDTH, height));
    }

    private static void line(StringBuilder svg, double x1, double y1, double x2, double y2, String colour) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n",
                x1,
                y1,
                x2,
                y2,
                colour));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
                x,
                y,
                anchor,
                text.replace("&", "&amp;").replace("<", "&lt;")));
    }
}
