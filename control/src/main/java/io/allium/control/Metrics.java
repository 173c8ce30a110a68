package io.allium.control;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What those can ask for who watch this process: the figures of all its parts, gathered when somebody asks. Nothing is kept here.
 * Immutable.
 */
public final class Metrics {
    /** How the text is to be announced: the text format of Prometheus, as C tor names it. */
    public static final String CONTENT_TYPE = "text/plain; charset=utf-8";

    private final List<MetricsPart> parts;

    /** @param parts whose families are shown in this order; those that share a name stand together */
    public Metrics(List<MetricsPart> parts) {
        this.parts = List.copyOf(parts);
    }

    /** All figures as they are now. */
    public String text() {
        Map<String, MetricFamily> families = new LinkedHashMap<>();
        for (MetricsPart part : parts) {
            for (MetricFamily each : part.families()) {
                MetricFamily known = families.putIfAbsent(each.name(), each);
                if (known != null) {
                    known.addAll(each);
                }
            }
        }
        StringBuilder text = new StringBuilder();
        families.values().forEach(family -> family.writeTo(text));
        return text.toString();
    }
}
