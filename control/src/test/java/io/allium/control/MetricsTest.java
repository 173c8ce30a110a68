package io.allium.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How figures are shown to those who watch. */
class MetricsTest {
    @Test
    void eachFamilyHasItsHelpAndTypeOnceAndItsFiguresBehind() {
        MetricsPart part = () -> List.of(
                MetricFamily.counter("tor_bytes_total", "Bytes")
                        .with(5, "direction", "read")
                        .with(7, "direction", "written", "family", "ipv4"),
                MetricFamily.gauge("tor_open", "What is open").with(0));

        assertThat(new Metrics(List.of(part)).text()).isEqualTo("""
                        # HELP tor_bytes_total Bytes
                        # TYPE tor_bytes_total counter
                        tor_bytes_total{direction="read"} 5
                        tor_bytes_total{direction="written",family="ipv4"} 7
                        # HELP tor_open What is open
                        # TYPE tor_open gauge
                        tor_open 0
                        """);
    }

    @Test
    void partsThatShareAFamilyStandTogetherAndWhatTheyCountAlikeAddsUp() {
        MetricsPart one = () -> List.of(
                family().with(1, "type", "ours"), MetricFamily.gauge("b", "B").with(1));
        MetricsPart other = () -> List.of(family().with(2, "type", "ours").with(4, "type", "theirs"));

        assertThat(new Metrics(List.of(one, other)).text().lines().filter(line -> !line.startsWith("#")))
                .containsExactly("circuits{type=\"ours\"} 3", "circuits{type=\"theirs\"} 4", "b 1");
    }

    @Test
    void aNameThatMeansTwoThingsIsABug() {
        MetricsPart one = () -> List.of(family().with(1));
        MetricsPart other =
                () -> List.of(MetricFamily.counter("circuits", "Circuits").with(1));

        assertThatThrownBy(() -> new Metrics(List.of(one, other)).text()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFamilyWithoutFiguresIsNotShown() {
        assertThat(new Metrics(List.of(() -> List.of(family()))).text()).isEmpty();
    }

    @Test
    void figuresAreAskedForEachTime() {
        long[] figure = {1};
        Metrics metrics = new Metrics(List.of(() -> List.of(family().with(figure[0]))));
        metrics.text();
        figure[0] = 2;

        assertThat(metrics.text()).endsWith("circuits 2\n");
    }

    @Test
    void aLabelCannotSayMoreThanItsValue() {
        assertThat(new Metrics(List.of(() -> List.of(family().with(1, "why", "\"a\\b\"\n} 9")))).text())
                .endsWith("circuits{why=\"\\\"a\\\\b\\\"\\n} 9\"} 1\n");
    }

    @Test
    void aHistogramCountsWhatIsNoLargerThanEachBound() {
        Histogram histogram = new Histogram(1000, 5000);
        List.of(0L, 1000L, 1001L, 5000L, 70_000L).forEach(histogram::observe);
        MetricFamily family = MetricFamily.histogram("time", "Time").with(histogram.observed(), "onion", "a");

        assertThat(new Metrics(List.of(() -> List.of(family))).text()).isEqualTo("""
                        # HELP time Time
                        # TYPE time histogram
                        time_bucket{onion="a",le="1000.00"} 2
                        time_bucket{onion="a",le="5000.00"} 4
                        time_bucket{onion="a",le="+Inf"} 5
                        time_sum{onion="a"} 77001
                        time_count{onion="a"} 5
                        """);
    }

    private static MetricFamily family() {
        return MetricFamily.gauge("circuits", "Circuits");
    }
}
