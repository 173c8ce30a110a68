package io.allium.control;

import java.util.List;

/** A part of a running Tor that has figures to show. */
public interface MetricsPart {
    /** The figures as they are now; asked for from any task, several at a time. */
    List<MetricFamily> families();
}
