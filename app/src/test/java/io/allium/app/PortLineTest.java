package io.allium.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.allium.base.LocalFailure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortLineTest {
    @ParameterizedTest
    @CsvSource({
        "9050, CLIENT, 127.0.0.1:9050, false",
        "auto, CLIENT, 127.0.0.1:0, false",
        "127.0.0.2:auto, CLIENT, 127.0.0.2:0, true",
        "[::1]:9050, CLIENT, [::1]:9050, true",
        "9001, SERVER, 0.0.0.0:9001, false",
        "127.0.0.1:9001 NoAdvertise, SERVER, 127.0.0.1:9001, true",
    })
    void aLineSaysWhereToListen(String line, PortLine.Kind kind, String at, boolean explicit) throws Exception {
        PortLine port = PortLine.parse(line, kind).orElseThrow();
        assertThat(port.at()).hasToString(at);
        assertThat(port.explicitAddress()).isEqualTo(explicit);
    }

    @Test
    void zeroMeansNone() throws Exception {
        assertThat(PortLine.parse("0", PortLine.Kind.CLIENT)).isEmpty();
    }

    @Test
    void unixSocketsMayBeQuoted() throws Exception {
        assertThat(PortLine.parse("unix:/run/a WorldWritable", PortLine.Kind.CLIENT)
                        .orElseThrow()
                        .unix())
                .isEqualTo(Path.of("/run/a"));
        assertThat(PortLine.parse("unix:\"/run/a b\"", PortLine.Kind.CONTROL)
                        .orElseThrow()
                        .unix())
                .isEqualTo(Path.of("/run/a b"));
    }

    @Test
    void flagsAreOnOffOrAsUsual() throws Exception {
        PortLine usual = PortLine.parse("9050", PortLine.Kind.CLIENT).orElseThrow();
        assertThat(usual.flags())
                .contains(PortLine.Flag.ISOLATE_SOCKS_AUTH, PortLine.Flag.ISOLATE_CLIENT_ADDR)
                .doesNotContain(PortLine.Flag.ISOLATE_DEST_PORT, PortLine.Flag.EXTENDED_ERRORS);
        PortLine other = PortLine.parse(
                        "9050 NoIsolateSOCKSAuth isolatedestports ExtendedErrors SessionGroup=3", PortLine.Kind.CLIENT)
                .orElseThrow();
        assertThat(other.flags())
                .contains(PortLine.Flag.ISOLATE_DEST_PORT, PortLine.Flag.EXTENDED_ERRORS)
                .doesNotContain(PortLine.Flag.ISOLATE_SOCKS_AUTH);
        assertThat(other.sessionGroup()).hasValue(3);
        assertThat(PortLine.parse("9050 OnionTrafficOnly", PortLine.Kind.CLIENT)
                        .orElseThrow()
                        .flags())
                .doesNotContain(PortLine.Flag.IPV4_TRAFFIC, PortLine.Flag.DNS_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "port",
                "65536",
                "1.2.3.4:0",
                "1.2.3.4",
                "unix:",
                "unix:\"/a",
                "9050 Foo",
                "9050 SessionGroup=x",
                "9050 SessionGroup=1 SessionGroup=2",
                "9050 WorldWritable",
                "9050 NoAdvertise",
                "9050 NoIPv4Traffic NoIPv6Traffic NoOnionTraffic",
                "9050 NoIPv4Traffic NoIPv6Traffic",
            })
    void whatItCannotBeIsRefused(String line) {
        assertThatThrownBy(() -> PortLine.parse(line, PortLine.Kind.CLIENT)).isInstanceOf(LocalFailure.class);
    }

    @Test
    void aPortIsNotOpenAndClosedAtOnce() throws Exception {
        Options options = Options.parse("SocksPort 0\nSocksPort 9050");
        assertThatThrownBy(() -> PortLine.read(options, "SocksPort", PortLine.Kind.CLIENT))
                .hasMessageContaining("one line says 0");
    }
}
