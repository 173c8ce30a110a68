package io.allium.control;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The figures of one name, told apart by their labels, as Prometheus reads them. Confined to whoever puts it together.
 *
 * <p>Two figures with the same labels are one: the sum of both. So two parts of a Tor that count the same thing, each where it
 * happens, need not know of each other.
 */
public final class MetricFamily {
    private enum Type {
        /** Only grows, but for a restart. */
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    private final String name;
    private final String help;
    private final Type type;
    private final Map<String, Long> figures = new LinkedHashMap<>(); // by all that stands before the figure

    private MetricFamily(String name, String help, Type type) {
        this.name = name;
        this.help = help;
        this.type = type;
    }

    /** Of figures that only grow. */
    public static MetricFamily counter(String name, String help) {
        return new MetricFamily(name, help, Type.COUNTER);
    }

    /** Of figures that go up and down. */
    public static MetricFamily gauge(String name, String help) {
        return new MetricFamily(name, help, Type.GAUGE);
    }

    /** Of figures that are each spread over ranges: see {@link Histogram}. */
    public static MetricFamily histogram(String name, String help) {
        return new MetricFamily(name, help, Type.HISTOGRAM);
    }

    /**
     * One more figure.
     *
     * @param labels names, and behind each its value
     */
    public MetricFamily with(long figure, String... labels) {
        add(name + braced(text(labels)), figure);
        return this;
    }

    /**
     * What was observed until now, with C tor's way of writing the ranges.
     *
     * @param labels names, and behind each its value
     */
    public MetricFamily with(Histogram.Observed observed, String... labels) {
        String text = text(labels);
        String before = text.isEmpty() ? "" : text + ",";
        observed.upTo()
                .forEach((bound, count) -> add(
                        name + "_bucket"
                                + braced(before + "le=\"" + String.format(Locale.ROOT, "%.2f", (double) bound) + "\""),
                        count));
        add(name + "_bucket" + braced(before + "le=\"+Inf\""), observed.count());
        add(name + "_sum" + braced(text), observed.sum());
        add(name + "_count" + braced(text), observed.count());
        return this;
    }

    String name() {
        return name;
    }

    /** Takes over the figures of another family of this name. */
    void addAll(MetricFamily other) {
        if (type != other.type || !help.equals(other.help)) {
            throw new IllegalArgumentException(name + " means two things");
        }
        other.figures.forEach(this::add);
    }

    /** Appends it as it is shown; nothing where there are no figures. */
    void writeTo(StringBuilder out) {
        if (figures.isEmpty()) {
            return;
        }
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ")
                .append(name)
                .append(' ')
                .append(type.name().toLowerCase(Locale.ROOT))
                .append('\n');
        figures.forEach((what, figure) ->
                out.append(what).append(' ').append((long) figure).append('\n'));
    }

    private void add(String what, long figure) {
        figures.merge(what, figure, Long::sum);
    }

    private static String text(String... labels) {
        if (labels.length % 2 != 0) {
            throw new IllegalArgumentException("a label without a value");
        }
        StringJoiner text = new StringJoiner(",");
        for (int i = 0; i < labels.length; i += 2) {
            text.add(labels[i] + "=\"" + escaped(labels[i + 1]) + "\"");
        }
        return text.toString();
    }

    private static String braced(String labels) {
        return labels.isEmpty() ? "" : "{" + labels + "}";
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
