package io.allium.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The findings as a table to print, and as files: Markdown, comma-separated values, and charts. */
final class Report {
    private final Findings findings;
    private final String machine;

    /** @param machine what it was measured on, when, and by which command */
    Report(Findings findings, String machine) {
        this.findings = findings;
        this.machine = machine;
    }

    /** The table, aligned for a terminal and for Markdown alike. */
    String table() {
        StringBuilder text = new StringBuilder(row("what", "unit", "C tor", "Allium", "ratio", "goal", ""));
        text.append(row("---", "---", "---:", "---:", "---:", "---", "---"));
        for (Figure figure : findings.figures()) {
            OptionalDouble cTor = findings.median(figure, Implementation.C_TOR);
            OptionalDouble allium = findings.median(figure, Implementation.ALLIUM);
            text.append(row(
                    figure.what(),
                    figure.unit(),
                    number(cTor),
                    number(allium),
                    ratio(cTor, allium),
                    figure.goal().text(),
                    verdict(figure, cTor, allium)));
        }
        return text.toString();
    }

    /** Writes everything into {@code folder}. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("figures.md"), markdown());
        Files.writeString(folder.resolve("figures.csv"), commaSeparated());
        Files.writeString(folder.resolve("figures.svg"), Chart.ratios(findings));
        for (Map.Entry<String, Map<Implementation, double[]>> each :
                findings.distributions().entrySet()) {
            Files.writeString(
                    folder.resolve(each.getKey().replace(' ', '-') + ".svg"),
                    Chart.distribution(each.getKey(), each.getValue()));
        }
    }

    private String markdown() {
        StringBuilder text = new StringBuilder(machine).append("\n\n").append(table());
        findings.notes().forEach(note -> text.append("\n* ").append(note));
        findings.failures()
                .forEach(
                        failure -> text.append("\n**Failed:** ").append(failure).append("\n"));
        return text.toString();
    }

    private String commaSeparated() {
        StringBuilder text = new StringBuilder("scenario,what,unit,c_tor,allium,ratio,goal,reached,c_tor_runs,runs\n");
        for (Figure figure : findings.figures()) {
            OptionalDouble cTor = findings.median(figure, Implementation.C_TOR);
            OptionalDouble allium = findings.median(figure, Implementation.ALLIUM);
            text.append(String.join(
                            ",",
                            figure.scenario(),
                            '"' + figure.what() + '"',
                            figure.unit(),
                            number(cTor),
                            number(allium),
                            ratio(cTor, allium),
                            figure.goal().text(),
                            verdict(figure, cTor, allium),
                            runs(findings.values(figure, Implementation.C_TOR)),
                            runs(findings.values(figure, Implementation.ALLIUM))))
                    .append('\n');
        }
        return text.toString();
    }

    private static String verdict(Figure figure, OptionalDouble cTor, OptionalDouble allium) {
        boolean comparable = allium.isPresent() && (cTor.isPresent() || figure.goal() instanceof Goal.AtMost);
        if (!comparable || figure.goal() instanceof Goal.None) {
            return "";
        }
        return figure.goal().isReached(cTor.orElse(0), allium.getAsDouble()) ? "reached" : "not yet";
    }

    private static String row(String... cells) {
        int[] widths = {52, 6, 9, 9, 8, 15, 8};
        StringBuilder line = new StringBuilder("|");
        for (int i = 0; i < cells.length; i++) {
            boolean number = i >= 2 && i <= 4;
            line.append(' ')
                    .append(String.format("%" + (number ? "" : "-") + widths[i] + "s", cells[i]))
                    .append(" |");
        }
        return line.append('\n').toString();
    }

    private static String ratio(OptionalDouble cTor, OptionalDouble allium) {
        return cTor.isPresent() && allium.isPresent() && cTor.getAsDouble() != 0
                ? String.format(Locale.ROOT, "× %.2f", allium.getAsDouble() / cTor.getAsDouble())
                : "";
    }

    private static String number(OptionalDouble value) {
        if (value.isEmpty()) {
            return "";
        }
        double number = value.getAsDouble();
        String format = number >= 100 ? "%.0f" : number >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, number);
    }

    private static String runs(List<Double> values) {
        return values.stream().map(value -> number(OptionalDouble.of(value))).collect(Collectors.joining(";"));
    }
}
