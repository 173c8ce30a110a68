package io.allium.sim;

import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** Three curves over time, one below the other, as SVG. */
final class SlowRelayFigure {
    private static final int WIDTH = 760;
    private static final int PANEL = 150;
    private static final int GAP = 50;
    private static final int LEFT = 60;

    private SlowRelayFigure() {}

    static String of(List<SlowRelayTest.Sample> samples) {
        StringBuilder svg = new StringBuilder();
        int height = 3 * (PANEL + GAP) + 20;
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
                .formatted(WIDTH, height));
        svg.append("font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        panel(svg, 0, "congestion window, cells", samples, SlowRelayTest.Sample::window);
        panel(svg, 1, "cells that wait at the slow relay", samples, SlowRelayTest.Sample::queue);
        panel(svg, 2, "averaged round trip, ms", samples, SlowRelayTest.Sample::roundTripMs);
        long seconds = samples.getLast().atMs() / 1000;
        text(svg, WIDTH / 2, height - 12, "seconds, 0 to " + (seconds + 1));
        return svg.append("</svg>\n").toString();
    }

    private static void panel(
            StringBuilder svg,
            int number,
            String title,
            List<SlowRelayTest.Sample> samples,
            ToLongFunction<SlowRelayTest.Sample> value) {
        int top = 30 + number * (PANEL + GAP);
        long most = Math.max(1, samples.stream().mapToLong(value).max().orElse(1));
        text(svg, LEFT, top - 8, title + " (at most " + most + ")");
        svg.append("<path fill=\"none\" stroke=\"#bbb\" d=\"M%d %dV%dH%d\"/>\n"
                .formatted(LEFT, top, top + PANEL, WIDTH - 20));
        svg.append("<polyline fill=\"none\" stroke=\"#7d4698\" stroke-width=\"1.5\" points=\"");
        for (int i = 0; i < samples.size(); i++) {
            double x = LEFT + (double) i * (WIDTH - 20 - LEFT) / samples.size();
            double y = top + PANEL - (double) value.applyAsLong(samples.get(i)) * PANEL / most;
            svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
        }
        svg.append("\"/>\n");
    }

    private static void text(StringBuilder svg, int x, int y, String text) {
        svg.append("<text x=\"%d\" y=\"%d\">%s</text>\n".formatted(x, y, text));
    }
}
