package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.Endpoint;
import io.allium.base.LocalFailure;
import io.allium.base.Log;
import io.allium.base.SystemDisk;
import io.allium.base.SystemNetwork;
import io.allium.base.SystemTime;
import io.allium.base.ThreadTasks;
import io.allium.control.MetricFamily;
import io.allium.control.Metrics;
import io.allium.control.MetricsPart;
import io.allium.testing.Ends;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets the figures, and how. */
class MetricsPortsTest {
    private static final String LOOPBACK = "MetricsPort 127.0.0.1:auto\nMetricsPortPolicy accept 127.0.0.1\n";

    private final SystemTime time = new SystemTime();
    private final ThreadTasks tasks = new ThreadTasks(Log.NONE, 1);
    private final Ports ports = new Ports(new SystemNetwork(), new SystemDisk(), Log.NONE);
    private final MetricsPart part =
            () -> List.of(MetricFamily.gauge("tor_open", "What is open").with(3));
    private final MetricsPorts metrics = new MetricsPorts(new Metrics(List.of(part)), ports, time, tasks, Log.NONE);

    @AfterEach
    void close() {
        metrics.close();
        tasks.close();
        time.close();
    }

    @Test
    void whoMayAskGetsTheFigures() throws Exception {
        metrics.configure(Options.parse(LOOPBACK));

        assertThat(answer("GET /metrics HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: text/plain; charset=utf-8\r\n")
                .endsWith("\r\n\r\n# HELP tor_open What is open\n# TYPE tor_open gauge\ntor_open 3\n");
        assertThat(answer("GET /metrics HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void anythingElseIsNotFoundOrNotAllowed() throws Exception {
        metrics.configure(Options.parse(LOOPBACK));

        assertThat(answer("GET / HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 404 ");
        assertThat(answer("GET /metrics/more HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 404 ");
        assertThat(answer("GET /metrics?x HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 404 ");
        assertThat(answer("POST /metrics HTTP/1.0\r\nContent-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 405 ");
        assertThat(answer("GET /metrics\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void nobodyMayAskUnlessThePolicySaysSo() throws Exception {
        metrics.configure(Options.parse("MetricsPort 127.0.0.1:auto\n"));
        assertIsHungUpOn();

        List<String> before = ports.places(Ports.Kind.METRICS);
        metrics.configure(Options.parse("MetricsPort 127.0.0.1:auto\nMetricsPortPolicy reject 127.0.0.1,accept *\n"));
        assertIsHungUpOn();

        metrics.configure(Options.parse("MetricsPort 127.0.0.1:auto\nMetricsPortPolicy accept 127.0.0.0/8\n"));
        assertThat(ports.places(Ports.Kind.METRICS)).isEqualTo(before);
        assertThat(answer("GET /metrics HTTP/1.0\r\n\r\n")).contains("tor_open 3");
    }

    @Test
    void aUnixSocketIsForThoseWhoCanOpenIt(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("metrics");
        metrics.configure(Options.parse("MetricsPort unix:" + socket + "\n"));

        try (SocketChannel asking = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            asking.connect(UnixDomainSocketAddress.of(socket));
            asking.write(ByteBuffer.wrap("GET /metrics HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            asking.shutdownOutput();
            assertThat(new String(Channels.newInputStream(asking).readAllBytes(), StandardCharsets.UTF_8))
                    .contains("tor_open 3");
        }
        assertThat(ports.listeners(Ports.Kind.METRICS)).isEqualTo("\"unix:" + socket + "\"");
    }

    @Test
    void whereAPortCannotBeHadTheOnesBeforeStay() throws Exception {
        metrics.configure(Options.parse(LOOPBACK));
        List<String> before = ports.places(Ports.Kind.METRICS);
        String taken = before.getFirst();
        MetricsPorts others = new MetricsPorts(new Metrics(List.of()), ports(), time, tasks, Log.NONE);

        assertThatThrownBy(() -> others.configure(Options.parse("MetricsPort " + taken)))
                .isInstanceOf(LocalFailure.class);
        assertThatThrownBy(() -> metrics.configure(Options.parse("MetricsPort 192.0.2.1:9035")))
                .isInstanceOf(LocalFailure.class);
        assertThat(ports.places(Ports.Kind.METRICS)).isEqualTo(before);
        assertThat(answer("GET /metrics HTTP/1.0\r\n\r\n")).contains("tor_open 3");
    }

    @Test
    void aPortWhosePlaceStaysGoesOnWhateverElseItsLineSays(@TempDir Path folder) throws Exception {
        metrics.configure(Options.parse(LOOPBACK));
        List<String> before = ports.places(Ports.Kind.METRICS);
        metrics.configure(Options.parse("MetricsPort auto prometheus\nMetricsPortPolicy accept 127.0.0.1\n"));
        assertThat(ports.places(Ports.Kind.METRICS)).isEqualTo(before);
        assertThat(answer("GET /metrics HTTP/1.0\r\n\r\n")).contains("tor_open 3");

        Path socket = folder.resolve("metrics");
        metrics.configure(Options.parse("MetricsPort unix:" + socket + "\n"));
        metrics.configure(Options.parse("MetricsPort unix:" + socket + " WorldWritable\n"));
        assertThat(ports.listeners(Ports.Kind.METRICS)).isEqualTo("\"unix:" + socket + "\"");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-rw-rw-");
    }

    @Test
    void withoutALineThePortIsClosed() throws Exception {
        metrics.configure(Options.parse(LOOPBACK));
        metrics.configure(Options.parse("MetricsPort 0\n"));

        assertThat(ports.places(Ports.Kind.METRICS)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MetricsPort",
                "MetricsPort x",
                "MetricsPort 70000",
                "MetricsPort 9035 influx",
                "MetricsPort 9035 WorldWritable",
                "MetricsPortPolicy allow 1.2.3.4"
            })
    void whatMakesNoSenseIsRefused(String line) {
        assertThatThrownBy(() -> OptionRules.check(Options.parse(line), "me", warning -> {}))
                .isInstanceOf(LocalFailure.class)
                .hasMessageContaining("MetricsPort");
    }

    @Test
    void theFormatMayBeNamed() throws Exception {
        assertThat(PortLine.parse("9035 Prometheus", PortLine.Kind.METRICS)).isPresent();
        assertThat(PortLine.parse("9035", PortLine.Kind.METRICS).orElseThrow().at())
                .hasToString("127.0.0.1:9035");
    }

    private Ports ports() {
        return new Ports(new SystemNetwork(), new SystemDisk(), Log.NONE);
    }

    private void assertIsHungUpOn() throws IOException {
        try (Socket asking = connect()) {
            assertThat(Ends.isOver(asking.getInputStream())).isTrue();
        }
    }

    private Socket connect() throws IOException {
        Endpoint at = Endpoint.parse(ports.places(Ports.Kind.METRICS).getFirst());
        return new Socket(at.address(), at.port());
    }

    private String answer(String request) throws IOException {
        try (Socket asking = connect()) {
            asking.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            asking.shutdownOutput();
            return new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
